import { ObjectId, deserialize, serialize } from 'bson';
import { describe, expect, it } from 'vitest';
import { withIdFirst } from './document.js';

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
