import mongoose from 'mongoose';
import { beforeAll, describe, expect, it } from 'vitest';
import { generator } from './generator.js';
import { serverForFile } from './support.js';

const { BSONRegExp } = mongoose.mongo;
const server = serverForFile();
type Doc = Record<string, unknown>;
const names = () => server.db.collection<{ _id: number }>('names');

interface Told {
  readonly stages: string[];
  readonly keys: number;
  readonly bounds: unknown;
}

/** What is told of the plan of a find. */
async function told(filter: Doc, options: Doc = {}): Promise<Told> {
  const { queryPlanner, executionStats } = await names().find(filter, options).explain('executionStats');
  const stages: string[] = [];
  let bounds: unknown;
  for (let stage = queryPlanner.winningPlan as Doc | undefined; stage; stage = stage['inputStage'] as Doc | undefined) {
    stages.push(String(stage['stage']));
    bounds = (stage['indexBounds'] as Doc | undefined)?.['name'] ?? bounds;
  }
  return { stages, keys: Number((executionStats as Doc)['totalKeysExamined']), bounds };
}

describe('an index serves the beginning of a pattern', () => {
  beforeAll(async () => {
    await names().createIndexes([
      { key: { name: 1 } },
      { key: { group: 1, name: -1 } },
      { key: { tags: 1 } },
      { key: { nick: 1 }, sparse: true },
      { key: { title: 1 }, collation: { locale: 'en', strength: 2 } },
    ]);
    const documents = Array.from({ length: 300 }, (_, i) => ({
      _id: i,
      name: `n${i}`,
      group: i % 3,
      tags: [`t${i}`, `t${i + 1}`, i],
      ...(i % 2 ? { nick: `k${i}` } : {}),
      title: i % 2 ? `Title ${i}` : `title ${i}`,
    }));
    const patterns = [new BSONRegExp('^n29', ''), new BSONRegExp('^n29', 's'), new BSONRegExp('^n2', ''), /n29/];
    await names().insertMany([...documents, ...patterns.map((name, i) => ({ _id: 1000 + i, name }))]);
  });

  it('by the strings that begin so, and the same pattern', async () => {
    const filter = { name: { $regex: '^n29' } };
    expect(await told(filter)).toEqual({
      stages: ['FETCH', 'IXSCAN'],
      keys: 13,
      bounds: ['["n29", "n2:")', '[/^n29/, /^n29/]'],
    });
    const found = (await names().find(filter).toArray()).map(({ _id }) => _id);
    expect(found.sort((a, b) => a - b)).toEqual([29, ...Array.from({ length: 10 }, (_, i) => 290 + i), 1000]);
    expect(await told({ name: /^n29.*9$/ })).toMatchObject({ stages: ['FETCH', 'IXSCAN'], keys: 11 });
  });

  it('in its order, forwards and backwards', async () => {
    for (const direction of [1, -1] as const) {
      const options = { sort: { name: direction }, limit: 3 };
      expect((await told({ name: /^n2/ }, options)).stages).toEqual(['LIMIT', 'FETCH', 'IXSCAN']);
      const found = await names().find({ name: /^n2/ }, options).toArray();
      const all = await names()
        .find({ name: /^n2/ }, { hint: { $natural: 1 } })
        .sort(options.sort)
        .toArray();
      expect(found).toEqual(all.slice(0, 3));
      const within = { group: 1, name: /^n2/ };
      expect((await told(within, { sort: { name: direction } })).stages).toEqual(['FETCH', 'IXSCAN']);
      expect(await names().find(within).sort({ name: direction }).toArray()).toEqual(
        await names()
          .find(within, { hint: { $natural: 1 } })
          .sort({ name: direction })
          .toArray(),
      );
    }
    expect(
      (await told({ group: { $in: [0, 1] }, name: /^n2/ }, { sort: { name: 1 }, hint: 'group_1_name_-1' })).stages,
    ).toContain('SORT_MERGE');
  });

  it('in arrays, each document once, and where a field may be missing', async () => {
    expect(await names().countDocuments({ tags: /^t29/ })).toBe(13);
    expect((await told({ tags: /^t29/ })).stages).toEqual(['FETCH', 'IXSCAN']);
    expect((await told({ nick: /^k2/ })).stages).toEqual(['FETCH', 'IXSCAN']);
    expect(await names().countDocuments({ nick: /^k2/ })).toBe(55);
  });

  it('of several in an $in or $or, beside values, each document once and in the order of the index', async () => {
    const filter = { name: { $in: [/^n29/, 'n290', /^n2/, 'n30', 7] } };
    const ids = (found: { _id: number }[]) => found.map(({ _id }) => _id).sort((a, b) => a - b);
    expect(await told(filter)).toMatchObject({
      stages: ['FETCH', 'IXSCAN'],
      bounds: ['[7, 7]', '["n2", "n3")', '["n30", "n30"]', '[/^n2/, /^n2/]', '[/^n29/, /^n29/]'],
    });
    const found = await names().find(filter).toArray();
    expect(found).toHaveLength(114);
    expect(ids(found)).toEqual(
      ids(
        await names()
          .find(filter, { hint: { $natural: 1 } })
          .toArray(),
      ),
    );
    expect((await told(filter, { sort: { name: 1 } })).stages).toEqual(['FETCH', 'IXSCAN']);
    const within = { group: { $in: [1, 2] }, name: { $in: [/^n29/, 'n1'] } };
    expect((await told(within)).stages).toEqual(['FETCH', 'IXSCAN']);
    expect(ids(await names().find(within).toArray())).toEqual([1, 29, 290, 292, 293, 295, 296, 298, 299]);
    const either = { $or: [{ name: /^n29/ }, { name: 'n1' }] };
    expect((await told(either)).stages).toEqual(['FETCH', 'IXSCAN']);
    expect(await names().countDocuments(either)).toBe(13);
    expect(await names().countDocuments({ tags: { $in: [/^t29/, 't290', 5] } })).toBe(14);
    expect((await told({ name: { $in: [/^n29/, /9$/] } })).stages).toEqual(['COLLSCAN']);
    expect((await told({ nick: { $in: [/^k2/, null] } })).stages).toEqual(['COLLSCAN']);
    expect((await told({ name: { $in: [/^n2/] } }, { collation: { locale: 'en' } })).stages).toEqual(['COLLSCAN']);
    expect((await told({ title: { $in: [/^T/, 'x'] } }, { collation: { locale: 'en', strength: 2 } })).stages).toEqual([
      'COLLSCAN',
    ]);
  });

  it('but not where strings are compared by a collation, or case is passed over', async () => {
    const collation = { locale: 'en', strength: 2 };
    expect((await told({ title: /^Title 1/ }, { collation })).stages).toEqual(['COLLSCAN']);
    expect((await told({ title: /^Title 1/ })).stages).toEqual(['COLLSCAN']);
    expect((await told({ name: /^n1/ }, { collation })).stages).toEqual(['COLLSCAN']);
    expect((await told({ name: /^N1/i })).stages).toEqual(['COLLSCAN']);
    expect(await names().countDocuments({ title: /^Title 1/ })).toBe(56);
  });

  it('with the same answers as without it, for patterns at random', async () => {
    const random = generator(20261126);
    const of = <T>(...values: T[]): T => values[Math.floor(random() * values.length)] as T;
    const text = (): string =>
      Array.from({ length: 1 + random() * 3 }, () => of('a', 'b', 'ü', '😀', '.', 'ab')).join('');
    const texts = server.db.collection<{ _id: number }>('texts');
    await texts.createIndexes([{ key: { s: 1 } }, { key: { d: -1, s: -1 } }]);
    await texts.insertMany(
      Array.from({ length: 400 }, (_, _id) => ({
        _id,
        s: of<unknown>(text(), text(), [text(), text()], null, new BSONRegExp(`^${text().replaceAll('.', '')}`), 5),
        d: _id % 2,
      })),
    );
    for (let round = 0; round < 300; round++) {
      const pattern = `^${text()}${of('', '', '$', '?', '*', '+', '.', '{0,1}', '(a|b)?')}${text()}`;
      const options = of('', '', 's', 'i', 'm');
      const filter: Doc = { s: { $regex: pattern, $options: options }, ...(random() < 0.5 ? { d: of(0, 1) } : {}) };
      if (random() < 0.2) Object.assign(filter['s'] as Doc, { [of('$gte', '$lt')]: text() });
      const more = [new BSONRegExp(pattern, options.replace('i', '')), new BSONRegExp(`^${text()}`), text(), null, 5];
      if (random() < 0.3) filter['s'] = { $in: more.filter(() => random() < 0.6) };
      else if (random() < 0.2) filter['$or'] = [{ s: of(...more) }, { s: of(...more) }, { d: of(0, 1) }];
      const sort: Record<string, 1 | -1> = random() < 0.6 ? { s: of(1, -1), _id: 1 } : { _id: 1 };
      const [found, expected] = await Promise.all(
        [{}, { hint: { $natural: 1 } }].map((hint) => texts.find(filter, hint).sort(sort).toArray()),
      );
      expect(found, JSON.stringify({ filter, sort })).toEqual(expected);
    }
  });
});
