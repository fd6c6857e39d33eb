import { describe, expect, it } from 'vitest';
import { generator } from './generator.js';
import { serverForFile } from './support.js';

const server = serverForFile();
type Filter = Record<string, unknown>;

describe('random queries', () => {
  it('find the same with and without indexes, in the same order', async () => {
    const seed = 20_261_124;
    const random = generator(seed);
    const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
    const scalar = (): unknown =>
      pick<unknown>([
        null,
        0,
        1,
        1.5,
        2,
        -3,
        'a',
        'ab',
        'b',
        '',
        true,
        false,
        new Date(1),
        new Date(2),
        { x: 1 },
        Number.NaN,
      ]);
    const value = (): unknown => (random() < 0.2 ? Array.from({ length: random() * 3 }, scalar) : scalar());
    const [indexed, plain] = [server.db.collection('indexed'), server.db.collection('plain')];
    await indexed.createIndexes([
      { key: { a: 1 } },
      { key: { a: -1, 'c.d': 1 } },
      { key: { b: 1, a: -1 } },
      { key: { 'c.d': -1 }, sparse: true },
      { key: { b: -1 }, partialFilterExpression: { b: { $gt: 0 } } },
    ]);
    let next = 0;
    for (let round = 0; round < 400; round++) {
      if (round % 4 === 0) {
        const documents = Array.from({ length: 6 }, () => {
          const document: Filter = { _id: next++ };
          if (random() < 0.8) document['a'] = value();
          if (random() < 0.8) document['b'] = scalar();
          if (random() < 0.7) document['c'] = pick([{ d: value() }, [{ d: scalar() }, { d: scalar() }], scalar(), {}]);
          // Two arrays in one compound index are refused, which is another test's matter.
          if (Array.isArray(document['a'])) document['c'] = { d: scalar() };
          return document;
        });
        await indexed.insertMany(documents);
        await plain.insertMany(documents);
      }
      const operator = (): unknown => {
        const kind = pick(['value', '$gt', '$gte', '$lt', '$lte', '$in', '$ne', '$exists', 'range']);
        if (kind === 'value') return scalar();
        if (kind === '$in') return { $in: [scalar(), scalar()] };
        if (kind === '$exists') return { $exists: random() < 0.5 };
        return kind === 'range' ? { $gte: scalar(), $lt: scalar() } : { [kind]: scalar() };
      };
      const somewhere = (): unknown => pick([{ $gt: random() * next }, { $lte: random() * next }, { $in: [3, 7, 30] }]);
      const conditions = (): Filter => ({
        ...Object.fromEntries(['a', 'b', 'c.d'].filter(() => random() < 0.5).map((path) => [path, operator()])),
        ...(random() < 0.2 ? { _id: somewhere() } : {}),
      });
      const filter: Filter =
        random() < 0.3
          ? { ...(random() < 0.3 ? conditions() : {}), $or: Array.from({ length: 1 + random() * 3 }, conditions) }
          : conditions();
      const sort: Record<string, 1 | -1> =
        random() < 0.5 ? { [pick(['a', 'b', 'c.d'])]: pick([1, -1]), _id: 1 } : { _id: pick([1, -1]) };
      const ids = async (collection: typeof indexed, limit: number): Promise<unknown[]> =>
        (
          await collection
            .find(filter as never)
            .sort(sort)
            .limit(limit)
            .project({ _id: 1 })
            .toArray()
        ).map((found) => found['_id']);
      const limit = pick([0, 3]);
      expect(
        await ids(indexed, limit),
        `seed ${seed} round ${round} ${JSON.stringify({ filter, sort, limit })}`,
      ).toEqual(await ids(plain, limit));
      if (round % 3 === 0) {
        const change = pick<object>([
          { $set: { a: value(), c: 1 } },
          { $unset: { b: '' } },
          { $set: { c: { d: scalar() }, a: 2 } },
        ]);
        await indexed.updateMany(filter, change);
        await plain.updateMany(filter, change);
      }
      if (round % 20 === 0) {
        await indexed.deleteMany(filter);
        await plain.deleteMany(filter);
      }
    }
    for (const hint of ['a_1', 'b_1_a_-1', 'a_-1_c.d_1']) {
      const walked = await indexed.find({}, { hint }).toArray();
      expect(
        walked.map((found) => Number(found._id)).sort((x, y) => x - y),
        hint,
      ).toEqual((await plain.find().toArray()).map((found) => Number(found._id)).sort((x, y) => x - y));
    }
  });
});
