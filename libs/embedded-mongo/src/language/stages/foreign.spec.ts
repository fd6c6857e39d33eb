import { Decimal128, Double, Int32, Long, ObjectId } from 'bson';
import { describe, expect, it, vi } from 'vitest';
import { generator } from '../../../test/generator.js';
import { storeForTest } from '../../../test/store.js';
import { othersOf } from '../../commands/aggregate/aggregate.js';
import type { Server } from '../../commands/command.js';
import { encode, type Doc } from '../../document.js';
import { CollectionWriter } from '../../store/collection.js';
import { Walk } from '../../store/scan/walk.js';
import { collationOf } from '../values/collation.js';
import { orderingOf } from '../values/ordering.js';
import { runPipeline } from '../pipeline.js';

const store = storeForTest();
const DB = 'tests';

interface Definition {
  readonly key: Doc;
  readonly more?: Doc;
}

async function fill(name: string, documents: readonly Doc[], indexes: readonly Definition[]): Promise<void> {
  await store.environment.write(() => {
    const info = store.catalogue.ensure(DB, name);
    for (const { key, more } of indexes) {
      const fields = Object.entries(key).map(([path, order]) => ({ path, descending: order === -1 }));
      store.catalogue.addIndex(info, { spec: { v: 2, key, name: Object.keys(key).join(), ...more }, fields });
    }
    const writer = new CollectionWriter(store.environment, store.catalogue, info);
    for (const document of documents) writer.insert(Buffer.from(encode(document)), document);
  });
}

const server = (): Server => ({ environment: store.environment, catalogue: store.catalogue }) as Server;

/** The documents of a collection, which are read as they are asked for. */
const everyOf = (name: string): Iterable<Doc> => othersOf(server(), DB, {}).all(name);

/** Runs stages over documents beside the collections of the store, and counts the documents that it has to look at. */
function run(documents: Iterable<Doc>, stages: readonly Doc[], collation?: Doc): { found: Doc[]; examined: number } {
  const steps = vi.spyOn(Walk.prototype, 'next');
  const evaluation = { ordering: orderingOf(collationOf(collation)) };
  const others = othersOf(server(), DB, { evaluation });
  const found = [...runPipeline(documents, stages, others, evaluation)];
  const examined = steps.mock.results.filter(({ value }) => value === true).length;
  steps.mockRestore();
  return { found, examined };
}

describe('a join', () => {
  const random = generator(20_261_126);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const scalar = (): unknown =>
    pick<unknown>([
      null,
      new Int32(1),
      new Double(1),
      Long.fromNumber(2),
      Decimal128.fromString('2.0'),
      new Double(Number.NaN),
      'a',
      'A',
      'b',
      '',
      true,
      new Date(1),
      ObjectId.createFromTime(1),
      { x: new Int32(1) },
      {},
    ]);
  const value = (): unknown => (random() < 0.3 ? Array.from({ length: random() * 3 }, scalar) : scalar());
  const holder = (): unknown =>
    pick<() => unknown>([
      () => ({ k: value() }),
      () => [{ k: scalar() }, { k: value() }, 1],
      scalar,
      () => [],
      () => ({}),
    ])();
  const document = (_id: number): Doc => {
    const made: Doc = { _id: new Int32(_id) };
    if (random() < 0.85) made['k'] = value();
    if (random() < 0.85) made['d'] = holder();
    if (random() < 0.85) made['to'] = value();
    return made;
  };
  /** A stage that looks in a collection of any name. */
  const joining = (): ((from: string) => Doc) => {
    const [local, field] = [pick(['k', 'd.k', 'to']), pick(['k', 'd.k', '_id'])];
    const byFields = { localField: local, foreignField: field, as: 'found' };
    const sides = pick([['$$v', `$${field}`] as const, [`$${field}`, '$$v'] as const]);
    const matching = { $match: { $expr: { $and: [{ $gte: ['$_id', 0] }, { $eq: sides }] } } };
    const graph = { startWith: `$${local}`, connectFromField: pick(['to', 'd.k']), connectToField: field, as: 'found' };
    const limits = { maxDepth: new Int32(2), depthField: 'depth', restrictSearchWithMatch: { k: { $ne: 'a' } } };
    const pipeline = [{ $match: { k: { $ne: 'b' } } }, { $set: { also: 1 } }];
    return pick<(from: string) => Doc>([
      (from) => ({ $lookup: { from, ...byFields } }),
      (from) => ({ $lookup: { from, ...byFields, pipeline } }),
      (from) => ({ $lookup: { from, let: { v: `$${local}` }, pipeline: [matching], as: 'found' } }),
      (from) => ({ $graphLookup: { from, ...graph } }),
      (from) => ({ $graphLookup: { from, ...graph, ...limits } }),
    ]);
  };

  it.each([undefined, { locale: 'en', strength: 2 }])(
    'finds the same with and without indexes (%j)',
    async (collation) => {
      const documents = Array.from({ length: 60 }, (_, i) => document(i));
      await fill('plain', documents, []);
      await fill('indexed', documents, [
        { key: { k: 1 }, more: collation ? { collation } : {} },
        { key: { 'd.k': -1 } },
        { key: { 'd.k': 1 }, more: { sparse: true, name: 'sparse' } },
      ]);
      let saved = 0;
      for (let round = 0; round < 300; round++) {
        const stage = joining();
        const locals = Array.from({ length: 2 }, (_, i) => document(i));
        const wanted = run(locals, [stage('plain')], collation);
        const got = run(locals, [stage('indexed')], collation);
        expect(got.found, `round ${round} ${JSON.stringify([stage('indexed'), locals])}`).toEqual(wanted.found);
        if (got.examined < wanted.examined) saved++;
      }
      expect(saved).toBeGreaterThan(50);
    },
  );

  const people = Array.from({ length: 500 }, (_, i) => ({
    _id: new Int32(i),
    key: new Int32(i),
    boss: new Int32(i - 1),
  }));
  const lookUp = { from: 'people', localField: 'who', foreignField: 'key', as: 'found' };
  const bosses = { from: 'people', startWith: '$who', connectFromField: 'boss', connectToField: 'key', as: 'found' };
  const byVariable = {
    from: 'people',
    let: { who: '$who' },
    pipeline: [{ $match: { $expr: { $eq: ['$key', '$$who'] } } }],
    as: 'found',
  };

  it.each([
    ['$lookup', [{ $lookup: lookUp }], 2],
    ['$lookup with a variable', [{ $lookup: byVariable }], 2],
    ['$graphLookup', [{ $graphLookup: bosses }], 21],
  ])('looks at no more documents than it finds: %s', async (_name, stages, examined) => {
    await fill('people', people, [{ key: { key: 1 } }]);
    expect(run([{ who: new Int32(8) }, { who: new Int32(11) }], stages).examined).toBe(examined);
  });

  it('reads all of a collection once where no index leads to what it looks for', async () => {
    await fill('people', people, [{ key: { boss: 1 } }]);
    expect(run([{ who: new Int32(8) }, { who: new Int32(11) }], [{ $lookup: lookUp }]).examined).toBe(500);
  });

  it('reads all of a collection once when it looks for as much', async () => {
    await fill('people', people, [{ key: { key: 1 } }]);
    const locals = Array.from({ length: 400 }, (_, i) => ({ who: new Int32(i) }));
    const { found, examined } = run(locals, [{ $lookup: lookUp }]);
    expect(found.map((doc) => (doc['found'] as Doc[]).map(({ key }) => key))).toEqual(locals.map(({ who }) => [who]));
    expect(examined).toBeLessThan(600);
    expect(examined).toBeGreaterThan(500);
  });

  it('reads all of a collection once for joins within others', async () => {
    await fill('people', people, []);
    const nested = {
      from: 'people',
      let: { who: '$who' },
      pipeline: [{ $limit: 3 }, { $lookup: { ...lookUp, localField: 'boss' } }],
    };
    const { found, examined } = run([{ who: 1 }, { who: 2 }], [{ $lookup: { ...nested, as: 'found' } }]);
    const bosses = found.map((doc) =>
      (doc['found'] as Doc[]).map((one) => (one['found'] as Doc[]).map(({ _id }) => _id)),
    );
    expect(bosses).toEqual(Array.from({ length: 2 }, () => [[], [new Int32(0)], [new Int32(1)]]));
    expect(examined).toBe(500);
  });

  it('looks documents up while those of another collection are being read', async () => {
    const locals = Array.from({ length: 300 }, (_, i) => ({ _id: new Int32(i), who: new Int32((i * 7) % 2000) }));
    const others = Array.from({ length: 2000 }, (_, i) => ({
      _id: new Int32(i),
      key: new Int32(i),
      more: 'x'.repeat(500),
    }));
    await fill('locals', locals, []);
    await fill('people', others, [{ key: { key: -1 } }]);
    const { found, examined } = run(everyOf('locals'), [{ $lookup: lookUp }]);
    expect(found.map((doc) => (doc['found'] as Doc[]).map(({ key }) => key))).toEqual(locals.map(({ who }) => [who]));
    expect(examined).toBe(600);
  });
});
