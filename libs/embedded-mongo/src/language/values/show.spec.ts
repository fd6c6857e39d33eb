import {
  BSONRegExp,
  Binary,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  UUID,
} from 'bson';
import { describe, expect, it } from 'vitest';
import { show } from './show.js';

describe('a value in a message', () => {
  it('is shown by its type', () => {
    const id = new ObjectId('0123456789abcdef01234567');
    expect(
      show({
        none: null,
        on: true,
        date: new Date(5),
        id,
        int: new Int32(-1),
        long: Long.fromNumber(7),
        decimal: Decimal128.fromString('1.10'),
        time: new Timestamp({ t: 1, i: 2 }),
        like: new BSONRegExp('^a', 'i'),
        code: new Code('f()'),
        scoped: new Code('f()', { a: 1 }),
        bytes: new Binary(Buffer.from([1, 0xab])),
        uuid: new UUID('00112233-4455-4677-8899-aabbccddeeff'),
        list: [new MinKey(), new MaxKey(), [], {}],
      }),
    ).toBe(
      "{ none: null, on: true, date: new Date(5), id: ObjectId('0123456789abcdef01234567'), int: -1, long: 7, " +
        'decimal: 1.10, time: Timestamp(1, 2), like: /^a/i, code: f(), scoped: CodeWScope( f(), { a: 1 }), ' +
        'bytes: BinData(0, 01AB), uuid: UUID("00112233-4455-4677-8899-aabbccddeeff"), list: [ MinKey, MaxKey, [], {} ] }',
    );
  });

  it('is not escaped, and cut after 150 bytes of a long text', () => {
    expect(show('a "b"\n\\')).toBe('"a "b"\n\\"');
    expect(show('x'.repeat(159))).toBe(`"${'x'.repeat(159)}"`);
    expect(show('x'.repeat(160))).toBe(`"${'x'.repeat(150)}..."`);
    // The last character has lost two of its four bytes.
    expect(show('😀'.repeat(40))).toBe(`"${'😀'.repeat(37)}\u{fffd}..."`);
    expect(show(new Code('y'.repeat(80)))).toBe(`${'y'.repeat(70)}...`);
    expect(show(new Binary(Buffer.alloc(81, 1)))).toBe(`BinData(0, ${'01'.repeat(70)}...)`);
  });

  it('tells a double from a whole number', () => {
    const doubles: [number, string][] = [
      [1, '1.0'],
      [-0, '-0.0'],
      [0.1, '0.1'],
      [-2.5, '-2.5'],
      [1 / 3, '0.3333333333333333'],
      [0.0001, '0.0001'],
      [0.00001, '1e-05.0'],
      [1.5e-7, '1.5e-07'],
      [1e15, '1000000000000000.0'],
      [1e16, '1e+16.0'],
      [1.25e100, '1.25e+100'],
      [Infinity, 'inf.0'],
      [-Infinity, '-inf.0'],
      [NaN, 'nan.0'],
    ];
    for (const [value, shown] of doubles) expect(show(new Double(value))).toBe(shown);
    expect([7, 0.5, 1e20].map(show)).toEqual(['7', '0.5', '1e+20.0']);
  });
});
