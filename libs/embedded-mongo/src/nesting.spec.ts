import { BSONRegExp, Binary, Code, DBRef, Decimal128, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import { describe, expect, it } from 'vitest';
import { encode } from './document.js';
import { checkCommandLevels, checkStoredLevels } from './nesting.js';

/** One value of each type, which stand in the way to what is nested; long enough to be looked into. */
const others = {
  values: [1, 1.5, Long.fromInt(3), Decimal128.fromString('1'), 'x'.repeat(3000), null, true, new Date(0)],
  rare: [new BSONRegExp('a+', 'i'), new Binary(Buffer.alloc(3)), new ObjectId(), new Timestamp({ t: 1, i: 1 })],
  rarer: [new Code('x'), new Code('x', { y: 1 }), new DBRef('c', new ObjectId()), new MinKey(), new MaxKey()],
};

/** A document with as many levels, alternately arrays; at its end stands an empty one, which is no level. */
function nested(levels: number): Buffer {
  let inner: unknown = {};
  for (let level = levels; level > 1; level--) inner = level % 2 ? { a: inner } : [inner];
  return Buffer.from(encode({ ...others, a: inner }));
}

describe('nesting', () => {
  it.each([
    ['a document', checkStoredLevels, 180],
    ['a command', checkCommandLevels, 201],
  ])('of %s ends at its limit', (_what, check, most) => {
    check(nested(3));
    check(nested(most));
    expect(() => check(nested(most + 1))).toThrow('nest');
    expect(() => check(nested(most * 3))).toThrow('nest');
  });
});
