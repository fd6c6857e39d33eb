import { Binary, Double, MinKey, ObjectId, deserialize, serialize } from 'bson';
import { describe, expect, it } from 'vitest';
import { decode, decodeTyped, encode, withIdFirst } from './document.js';

const raw = (...fields: [string, unknown][]): Buffer => Buffer.from(serialize(new Map(fields)));

describe('withIdFirst', () => {
  it('leaves a document alone that begins with its _id', () => {
    const given = raw(['_id', 1], ['2', 'b'], ['1', 'a']);
    expect(withIdFirst(given)).toBe(given);
  });

  it('moves the _id to the front and nothing else, also names that are whole numbers', () => {
    for (const place of [1, 2, 3]) {
      const others: [string, unknown][] = [
        ['_idea', 1],
        ['2', { _id: 'inner' }],
        ['1', 'a'],
      ];
      const given = raw(...others.slice(0, place), ['_id', 'own'], ...others.slice(place));
      expect(withIdFirst(given)).toEqual(raw(['_id', 'own'], ...others));
    }
  });

  it('makes an ObjectId where there is no _id', () => {
    for (const fields of [[], [['2', 'b'] as const, ['1', 'a'] as const]]) {
      const made = withIdFirst(raw(...(fields as [string, unknown][])));
      const id: unknown = deserialize(made)['_id'];
      expect(id).toBeInstanceOf(ObjectId);
      expect(made).toEqual(raw(['_id', id], ...(fields as [string, unknown][])));
    }
  });
});

describe('encode', () => {
  /** A document with a name in the place of another that is as long. */
  const renamed = (doc: object): Buffer =>
    Buffer.from(Buffer.from(serialize(doc)).toString('latin1').replaceAll('_bsontipe', '_bsontype'), 'latin1');

  it('writes documents that bson takes for values of its own, as they came', () => {
    for (const own of ['ObjectId', 'x', 5, { a: 1 }, new Double(1)]) {
      const inner = { a: [new MinKey(), null, { _bsontipe: own }], n: new Double(2), _bsontipe: own, z: '' };
      for (const raw of [renamed({ _id: 1, inner }), renamed({ _id: 1, _bsontipe: own, inner: [inner] })]) {
        expect(Buffer.from(encode(decodeTyped(raw)))).toEqual(raw);
        expect(decode(encode(decode(raw)))).toEqual(decode(raw));
      }
    }
  });

  it('writes binary data of the subtype of vectors that are none', () => {
    const raw = Buffer.from(serialize({ a: [new Binary(Buffer.from([3, 5, 1]), 0)], b: 1 }));
    raw[raw.indexOf(Buffer.from([3, 5, 1])) - 1] = Binary.SUBTYPE_VECTOR;
    expect(Buffer.from(encode(decodeTyped(raw)))).toEqual(raw);
  });

  it('leaves undefined out as bson does, and refuses names with a zero byte', () => {
    const own = { _bsontype: 'x' };
    expect(decode(encode({ own, a: undefined, b: [undefined] }))).toEqual({ own, b: [null] });
    expect(() => encode({ own, 'a\0b': 1 })).toThrow('zero byte');
  });
});
