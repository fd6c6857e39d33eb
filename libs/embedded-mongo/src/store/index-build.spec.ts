import { Int32 } from 'bson';
import { describe, expect, it } from 'vitest';
import { storeForTest } from '../../test/store.js';
import { decode, encode, type Doc } from '../document.js';
import { collationOf } from '../language/values/collation.js';
import { IndexCheck } from '../tools/check-index.js';
import { allDocuments, lastKey } from './scan/all-documents.js';
import type { CollectionInfo, IndexDefinition } from './catalogue.js';
import { CollectionWriter } from './collection.js';
import type { IndexBuild } from './index-build.js';
import { keyOf } from './keys/key.js';
import { fillSome } from './reindex.js';

const store = storeForTest();
/** More than a build takes in two turns. */
const DOCUMENTS = 1_200;
/** After the first turns: one that is entered, one that is still to be, and one that comes after all of them. */
const PLACES = [100, 1_100, 5_000];

const documentOf = (_id: number, version = 0): Doc => ({
  _id,
  n: _id * 10 + version,
  name: `Name ${_id}.${version}`,
  tags: [_id % 7, `v${version}`],
});

const DEFINITIONS: IndexDefinition[] = [
  { spec: { v: 2, key: { n: 1 }, name: 'n', unique: true }, fields: [{ path: 'n', descending: false }] },
  { spec: { v: 2, key: { tags: -1 }, name: 'tags' }, fields: [{ path: 'tags', descending: true }] },
  {
    spec: { v: 2, key: { name: 1 }, name: 'name', collation: collationOf({ locale: 'en', strength: 2 })?.spec },
    fields: [{ path: 'name', descending: false }],
  },
];

/** Runs some work on the collection, in a transaction of its own. */
function write<T>(work: (writer: CollectionWriter, info: CollectionInfo) => T): Promise<T> {
  const { environment, catalogue } = store;
  return environment.write(() => {
    const info = catalogue.ensure('tests', 'built');
    return work(new CollectionWriter(environment, catalogue, info), info);
  });
}

const rawOf = (doc: Doc): Buffer => Buffer.from(encode(doc));

/** A build that has entered some of the documents, and not all. */
async function halfWay(): Promise<IndexBuild> {
  await write((writer) => {
    for (let n = 0; n < DOCUMENTS; n++) writer.insert(rawOf(documentOf(n)), documentOf(n));
  });
  return write((_, info) => {
    const { environment, catalogue } = store;
    const build = catalogue.beginBuild(info, DEFINITIONS, lastKey(environment, info));
    const [entered, left] = PLACES;
    while (!build.has(keyOf(entered))) expect(fillSome(environment, catalogue, build)).toBe(false);
    expect(build.has(keyOf(left))).toBe(false);
    return build;
  });
}

/** Enters all that is left. */
async function fill(build: IndexBuild): Promise<void> {
  while (!(await write(() => fillSome(store.environment, store.catalogue, build))));
}

/** Makes full indexes complete, and holds them against the documents. */
async function complete(build: IndexBuild): Promise<string[]> {
  const { environment, catalogue } = store;
  await write(() => catalogue.completeBuild(build));
  const told: string[] = [];
  const { info } = build;
  expect(info.indexes).toMatchObject(DEFINITIONS.map(({ spec }) => ({ spec, ready: true })));
  for (const index of info.indexes) {
    const check = new IndexCheck(environment, info, index, (what) => told.push(`${index.name}: ${what}`));
    for (const { id, raw } of allDocuments(environment, info)) check.document(id, decode(raw));
    check.finish();
  }
  return told;
}

describe('indexes that are being built', () => {
  it.each(PLACES)('have what is written meanwhile, at %i', async (place) => {
    const build = await halfWay();
    const ids = [0, 1, 2, 3, 4].map((offset) => place + offset);
    await write((writer) => {
      const [changed = 0, removed = 0, moved = 0, again = 0, twice = 0] = ids;
      for (const _id of ids) {
        if (writer.read(keyOf(_id))) writer.remove(keyOf(_id), documentOf(_id));
        expect(
          writer.insertRaw(rawOf(documentOf(_id, 1))) || writer.insert(rawOf(documentOf(_id, 1)), documentOf(_id, 1)),
        );
      }
      writer.replace(keyOf(changed), documentOf(changed, 1), rawOf(documentOf(changed, 2)), documentOf(changed, 2));
      writer.remove(keyOf(removed), documentOf(removed, 1));
      // A key may go from one document to another.
      const { n } = documentOf(moved, 1);
      writer.remove(keyOf(moved), documentOf(moved, 1));
      const taking = { ...documentOf(again, 3), n };
      writer.replace(keyOf(again), documentOf(again, 1), rawOf(taking), taking);
      for (const version of [2, 3])
        writer.replace(
          keyOf(twice),
          documentOf(twice, version - 1),
          rawOf(documentOf(twice, version)),
          documentOf(twice, version),
        );
    });
    await fill(build);
    expect(await complete(build)).toEqual([]);
  });

  it('keep their entries while what others have left is cleared', async () => {
    const build = await halfWay();
    const { catalogue, environment } = store;
    await environment.write(() => catalogue.drop(catalogue.ensure('tests', 'other')));
    await catalogue.clearing.run();
    await fill(build);
    expect(await complete(build)).toEqual([]);
  });

  it('have what is written when all are entered and they are not complete yet, also in the place of the last', async () => {
    const build = await halfWay();
    const last = DOCUMENTS - 1;
    await write((writer) => writer.remove(keyOf(last), documentOf(last)));
    await fill(build);
    await write((writer) => {
      for (const _id of [last, last - 0.5]) writer.insert(rawOf(documentOf(_id)), documentOf(_id));
    });
    expect(await complete(build)).toEqual([]);
  });

  it('refuse a key twice, from whichever side the second comes', async () => {
    const build = await halfWay();
    const [entered = 0, left = 0] = PLACES;
    const same = { ...documentOf(entered), n: documentOf(entered + 1)['n'] };
    await write((writer) => {
      const doubled = (): void => writer.replace(keyOf(entered), documentOf(entered), rawOf(same), same);
      expect(doubled).toThrow(/E11000 .* index: n dup key/);
    });
    // Not known before the build comes to it.
    const late = { ...documentOf(left), n: documentOf(entered)['n'] };
    await write((writer) => writer.replace(keyOf(left), documentOf(left), rawOf(late), late));
    await expect(fill(build)).rejects.toMatchObject({
      code: 11000,
      extra: { keyValue: { n: new Int32(Number(late['n'])) } },
    });
  });

  it('are no part of the record of their collection, and gone when a transaction fails', async () => {
    const build = await halfWay();
    expect(build.info.indexes).toEqual([]);
    expect(store.catalogue.clearing.marked()).toEqual(build.indexes.map(({ id }) => id));
    expect(store.catalogue.isGoingOn(build)).toBe(true);
    await expect(
      write(() => store.environment.catalogue.putSync(Buffer.alloc(5000), Buffer.alloc(1))),
    ).rejects.toThrow();
    expect(store.catalogue.isGoingOn(build)).toBe(false);
    await store.catalogue.clearing.run();
    expect([store.environment.entries, store.environment.texts].map((table) => table.getKeysCount({}))).toEqual([0, 0]);
    expect(store.catalogue.clearing.marked()).toEqual([]);
  });
});
