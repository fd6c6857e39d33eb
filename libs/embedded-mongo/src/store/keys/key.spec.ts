import { Binary, Decimal128, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import { describe, expect, it } from 'vitest';
import { generator } from '../../../test/generator.js';
import { compareValues } from './compare.js';
import { MAX_PART_BYTES, KeyWriter, fit, isLong, keyOf, successor } from './key.js';

/** Values in the order that MongoDB's manual gives for BSON types, and by value within a type. */
const ASCENDING: readonly unknown[][] = [
  [new MinKey()],
  [undefined],
  [null],
  [Number.NaN, Decimal128.fromString('NaN')],
  [Number.NEGATIVE_INFINITY, Decimal128.fromString('-Infinity')],
  [Decimal128.fromString('-1E+6000')],
  [-Number.MAX_VALUE],
  [Long.MIN_VALUE, -(2 ** 63)],
  [Long.fromString('-9007199254740993')],
  [-9007199254740992, Long.fromString('-9007199254740992')],
  [-1.5, Decimal128.fromString('-1.5')],
  [-1, new Int32(-1), new Double(-1), Long.fromNumber(-1), Decimal128.fromString('-1.0')],
  [-Number.MIN_VALUE],
  [0, -0, new Int32(0), Decimal128.fromString('0E+3'), Long.ZERO],
  [Decimal128.fromString('1E-6000')],
  [Number.MIN_VALUE],
  [Decimal128.fromString('0.1')],
  [0.1],
  [1, new Int32(1), Long.ONE, Decimal128.fromString('1.00')],
  [Decimal128.fromString('1.000000000000000000000000000000001')],
  [1.0000000000000002],
  [9007199254740992],
  [Long.fromString('9007199254740993'), Decimal128.fromString('9007199254740993'), 9007199254740993n],
  [9007199254740994],
  [Long.MAX_VALUE],
  [2 ** 63],
  [Decimal128.fromString('1E+6000')],
  [Number.POSITIVE_INFINITY],
  [''],
  ['a'],
  ['a\0'],
  ['a\0b'],
  ['aa'],
  ['b'],
  ['\uffff'],
  ['😀'],
  [{}],
  [{ a: 1 }],
  [{ a: 1, b: 1 }],
  [{ a: 2 }],
  [{ b: 1 }],
  [{ a: 'x' }],
  [[]],
  [[1]],
  [[1, 1]],
  [[2]],
  [new Binary(Buffer.from([9]), 0)],
  [new Binary(Buffer.from([1]), 4)],
  [new Binary(Buffer.from([0, 0]), 0)],
  [new ObjectId('000000000000000000000000')],
  [new ObjectId('ffffffffffffffffffffffff')],
  [false],
  [true],
  [new Date(-1)],
  [new Date(0)],
  [new Date(1)],
  [new Timestamp({ t: 1, i: 1 })],
  [new Timestamp({ t: 1, i: 2 })],
  [/a/],
  [/b/],
  [new MaxKey()],
];

describe('keys', () => {
  it('order values of all types as MongoDB does', () => {
    ASCENDING.forEach((left, i) => {
      ASCENDING.forEach((right, j) => {
        for (const a of left) {
          for (const b of right) {
            expect(Math.sign(Buffer.compare(keyOf(a), keyOf(b))), `${String(a)} against ${String(b)}`).toBe(
              Math.sign(i - j),
            );
          }
        }
      });
    });
  });

  it('agree with the order of random doubles and longs', () => {
    const random = generator(4711);
    for (let round = 0; round < 5000; round++) {
      const a = (random() - 0.5) * 10 ** Math.floor(random() * 40 - 20);
      const b = random() < 0.2 ? a : (random() - 0.5) * 10 ** Math.floor(random() * 40 - 20);
      expect(Math.sign(Buffer.compare(keyOf(a), keyOf(b)))).toBe(Math.sign(a - b));
      const [x, y] = [BigInt.asIntN(64, BigInt(Math.floor(random() * 2 ** 53)) << 11n), BigInt(Math.floor(a))];
      expect(Math.sign(Buffer.compare(keyOf(x), keyOf(y)))).toBe(x < y ? -1 : x > y ? 1 : 0);
    }
  });

  it('agree with the byte order of random strings', () => {
    const random = generator(815);
    const text = (): string =>
      Array.from({ length: random() * 6 }, () => String.fromCodePoint(Math.floor(random() * 0x1ff))).join('');
    for (let round = 0; round < 5000; round++) {
      const [a, b] = [text(), text()];
      expect(Buffer.compare(keyOf(a), keyOf(b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }
  });

  it('keep the order of a field whatever follows it, and turn it round when descending', () => {
    const random = generator(42);
    const values: unknown[] = ['', 'a', 'a\0', 'ab', 1, 1.5, -3, null, true, new Date(5), [1, 2], { a: 'b' }];
    const pick = (): unknown => values[Math.floor(random() * values.length)];
    const writer = new KeyWriter();
    for (let round = 0; round < 3000; round++) {
      const [a, b, c, d] = [pick(), pick(), pick(), pick()];
      const up = Math.sign(Buffer.compare(writer.value(a).value(c).finish(), writer.value(b).value(d).finish()));
      const down = Math.sign(
        Buffer.compare(writer.value(a, true).value(c).finish(), writer.value(b, true).value(d).finish()),
      );
      const first = Math.sign(compareValues(a, b));
      const second = Math.sign(compareValues(c, d));
      expect(up).toBe(first || second);
      expect(down).toBe(-first || second);
    }
  });

  it('have nothing of a value before them that has no key', () => {
    const [key, writer] = [keyOf(1), new KeyWriter()];
    for (const value of [new Date(Number.NaN), { a: 1, b: [new Date(Number.NaN)] }, [1, Symbol('none')]]) {
      expect(() => keyOf(value)).toThrow();
      expect(keyOf(1)).toEqual(key);
      expect(() => writer.value('a').value(value, true)).toThrow();
      expect(writer.value(1).finish()).toEqual(key);
    }
  });

  it('stay unique and below the limit of the store when they are long', () => {
    const [a, b] = [fit(keyOf(`${'x'.repeat(5000)}a`)), fit(keyOf(`${'x'.repeat(5000)}b`))];
    expect(isLong(a)).toBe(false);
    expect(a.length).toBe(MAX_PART_BYTES);
    expect(a.equals(b)).toBe(false);
  });

  it('have a successor that ends everything with their prefix', () => {
    expect(successor(Buffer.from([1, 0xff]))).toEqual(Buffer.from([2]));
    expect(successor(Buffer.from([0xff, 0xff]))).toBeUndefined();
  });
});
