import mongoose from 'mongoose';

const { BSON } = mongoose.mongo;
const { Decimal128, Double, Long, MaxKey, MinKey, ObjectId, Timestamp } = BSON;

/** Commands as a driver sends them; all but the administrative ones work on the collection `w`. */
export const COMMANDS: readonly Record<string, unknown>[] = [
  { ping: 1 },
  { hello: 1, client: { driver: { name: 'a', version: '1' } } },
  { find: 'w', filter: { a: { $gt: 1 }, $or: [{ b: null }, { 'c.d': { $in: [1, 'x'] } }] }, sort: { a: 1 }, limit: 3 },
  {
    find: 'w',
    filter: { c: { $elemMatch: { d: { $lt: 5 } } } },
    projection: { a: 1, 'c.d': 1 },
    skip: 1,
    batchSize: 2,
  },
  { getMore: Long.fromNumber(77), collection: 'w', batchSize: 5 },
  { killCursors: 'w', cursors: [Long.fromNumber(77)] },
  {
    insert: 'w',
    documents: [
      { a: [1, { b: 'c' }], b: 'x' },
      { a: 2.5, c: { d: 3 } },
    ],
    ordered: false,
  },
  {
    update: 'w',
    updates: [{ q: { a: 1 }, u: { $set: { b: 2 }, $push: { l: { $each: [1], $slice: -3 } } }, multi: true }],
  },
  { update: 'w', updates: [{ q: { a: 9 }, u: [{ $set: { b: { $add: ['$a', 1] } } }], upsert: true }] },
  { update: 'w', updates: [{ q: { l: 1 }, u: { $inc: { 'l.$[i]': 1 } }, arrayFilters: [{ i: { $gt: 0 } }] }] },
  { delete: 'w', deletes: [{ q: { a: { $type: 'string' } }, limit: 1 }] },
  { findAndModify: 'w', query: { a: 1 }, sort: { b: -1 }, update: { $inc: { n: 1 } }, new: true, fields: { n: 1 } },
  { aggregate: 'w', pipeline: [{ $match: { a: 1 } }, { $group: { _id: '$b', n: { $sum: 1 } } }], cursor: {} },
  { aggregate: 'w', pipeline: [{ $unwind: '$l' }, { $sort: { l: 1 } }, { $limit: 2 }], cursor: { batchSize: 1 } },
  { count: 'w', query: { a: { $not: { $gte: 2 } } }, limit: 2 },
  { distinct: 'w', key: 'a.b', query: { a: { $exists: true } } },
  { createIndexes: 'w', indexes: [{ key: { a: 1, b: -1 }, name: 'ab', partialFilterExpression: { a: { $gt: 0 } } }] },
  { dropIndexes: 'w', index: 'ab' },
  { listIndexes: 'w', cursor: {} },
  { listCollections: 1, filter: { name: 'w' }, nameOnly: true },
  { explain: { find: 'w', filter: { a: 1 }, sort: { b: 1 } }, verbosity: 'executionStats' },
  { collMod: 'w', index: { name: 'ab', hidden: true } },
  { create: 'w2', collation: { locale: 'de', strength: 2 } },
  { renameCollection: 'tests.w2', to: 'tests.w3', dropTarget: true },
  { drop: 'w3' },
];

const NAMES = (
  '$set $gt $in $eq $not $and $or $expr $each $group $match $ a.b a.$ $[] $[x] __proto__ constructor ' +
  'filter documents updates q u multi limit sort hint collation let maxTimeMS lsid txnNumber readConcern'
).split(' ');

const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  1,
  -1,
  2_147_483_647,
  1e300,
  Number.NaN,
  Number.NEGATIVE_INFINITY,
  '',
  'w',
  '$a',
  'a\0b',
  '\ud800',
  'x'.repeat(2000),
  [],
  [[]],
  [null, 1, { a: 1 }],
  {},
  { $gt: 1 },
  { a: { b: { c: {} } } },
  { '': 1 },
  /a/i,
  new Date(0),
  new Date(8.64e15),
  new Double(2),
  Long.MIN_VALUE,
  Decimal128.fromString('1E+6000'),
  new ObjectId('0123456789abcdef01234567'),
  new Timestamp({ t: 1, i: 1 }),
  new MinKey(),
  new MaxKey(),
  Buffer.from('bytes'),
];

type Container = Record<string, unknown> | unknown[];
const isContainer = (value: unknown): value is Container =>
  Array.isArray(value) ||
  (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype);

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy);
  if (!isContainer(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, copy(inner)]));
}

/** Sets a field; `__proto__` too is a field like any other. */
function put(place: object, name: string, value: unknown): void {
  Object.defineProperty(place, name, { value, enumerable: true, configurable: true, writable: true });
}

/** A command with one to three values or names changed, somewhere in it. */
export function mutated(command: Record<string, unknown>, random: () => number): Record<string, unknown> {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const result = copy(command) as Record<string, unknown>;
  for (let change = 0; change < 1 + random() * 3; change++) {
    const containers: Container[] = [];
    const collect = (value: unknown): void => {
      if (!isContainer(value)) return;
      containers.push(value);
      Object.values(value).forEach(collect);
    };
    collect(result);
    const place = pick(containers) as Record<string, unknown>;
    const name = pick(Object.keys(place));
    const kind = random();
    if (name === undefined || kind < 0.2)
      put(place, Array.isArray(place) ? String(place.length) : pick(NAMES), copy(pick(VALUES)));
    else if (kind < 0.75) put(place, name, copy(pick([...VALUES, ...containers])));
    else if (kind < 0.85 && !Array.isArray(place)) {
      const value = place[name];
      delete place[name];
      put(place, pick(NAMES), value);
    } else if (Array.isArray(place)) place.splice(Number(name), 1);
    else if (place !== result || name !== Object.keys(command)[0]) delete place[name];
  }
  return result;
}

/**
 * A frame with a few bytes changed. The length of some is changed as well: such a frame is cut off, or swallows what
 * comes after it.
 */
export function mutatedFrame(frame: Buffer, random: () => number): Buffer {
  const changed = Buffer.from(frame);
  for (let change = 0; change < 1 + random() * 4; change++) {
    changed[4 + Math.floor(random() * (frame.length - 4))] = Math.floor(random() * 256);
  }
  if (random() < 0.1) changed.writeInt32LE(Math.floor(random() * 200) - 20, 0);
  return random() < 0.1 ? changed.subarray(0, Math.floor(random() * changed.length)) : changed;
}
