import { Long } from 'bson';
import { isDoc, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { toNumber } from '../language/numbers.js';
import type { CollectionInfo, Index } from '../store/catalogue.js';
import { show } from '../store/duplicate-key.js';
import { fillIndex } from '../store/reindex.js';
import { listReply } from './collections.js';
import { normalize, ttl } from './index-specs.js';
import { changeView } from './views.js';
import { missingField, wrongType } from './arguments.js';
import { existing, type Call, type Command, type Server } from './command.js';

const UNSUPPORTED_CHANGES = [
  'validator',
  'validationLevel',
  'validationAction',
  'cappedSize',
  'cappedMax',
  'timeseries',
  'expireAfterSeconds',
  'changeStreamPreAndPostImages',
];
const MAX_INDEXES = 64;
const ID_SPEC = { v: 2, key: { _id: 1 }, name: '_id_' };

/** Commands about indexes. */
export const INDEX_COMMANDS: Record<string, Command> = {
  createIndexes: {
    fields: ['indexes', 'commitQuorum'],
    run: (server, call) => {
      const specs = call.list('indexes').map((spec, i) => {
        if (!isDoc(spec)) throw wrongType(`${call.name}.indexes`, String(i), 'object', spec);
        return spec;
      });
      if (specs.length === 0) throw new MongoError(2, 'Must specify at least one index to create');
      const inherited = server.catalogue.find(call.db, call.collection)?.options['collation'];
      const wanted = specs.map((spec) => normalize(spec, inherited));
      return server.environment.write(() => {
        const createdCollectionAutomatically = !server.catalogue.find(call.db, call.collection);
        server.catalogue.ensure(call.db, call.collection);
        const info = existing(server, call);
        const numIndexesBefore = info.indexes.length + 1;
        try {
          createAll(server, info, wanted);
        } catch (error) {
          if (createdCollectionAutomatically) server.catalogue.drop(info);
          throw error;
        }
        const numIndexesAfter = info.indexes.length + 1;
        const note = numIndexesAfter === numIndexesBefore ? { note: 'all indexes already exist' } : {};
        return { numIndexesBefore, numIndexesAfter, createdCollectionAutomatically, ...note, ok: 1 };
      });
    },
  },
  collMod: {
    fields: ['index', 'viewOn', 'pipeline', ...UNSUPPORTED_CHANGES],
    run: (server, call) => {
      const unsupported = UNSUPPORTED_CHANGES.find((field) => call.has(field));
      if (unsupported) throw new MongoError(72, `the option '${unsupported}' is not supported by this server`);
      return server.environment.write(() => {
        if (call.has('viewOn')) {
          changeView(server, call);
          return { ok: 1 };
        }
        const info = existing(server, call);
        return { ...(call.has('index') ? changeIndex(server, info, call.doc('index')) : {}), ok: 1 };
      });
    },
  },
  listIndexes: {
    fields: ['cursor'],
    run: (server, call) => {
      const info = existing(server, call);
      return listReply(server, call, call.namespace, [ID_SPEC, ...info.indexes.map((index) => index.spec)]);
    },
  },
  dropIndexes: {
    fields: ['index'],
    run: (server, call) =>
      server.environment.write(() => {
        checkDropped(call);
        if (!server.catalogue.find(call.db, call.collection))
          throw new MongoError(26, `ns not found ${call.namespace}`);
        const info = existing(server, call);
        const nIndexesWas = info.indexes.length + 1;
        for (const index of new Set(chosen(info, call.value('index')))) server.catalogue.removeIndex(info, index);
        return { nIndexesWas, ok: 1 };
      }),
  },
};

/** What of an index can be changed while it stands: when documents expire, and whether queries may use it. */
function changeIndex(server: Server, info: CollectionInfo, wanted: Doc): Doc {
  const { keyPattern, name, hidden, expireAfterSeconds, ...others } = wanted;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new MongoError(40415, `BSON field 'collMod.index.${unknown}' is an unknown field or is not supported.`);
  }
  if (keyPattern === undefined && name === undefined)
    throw new MongoError(72, 'Must specify either index name or key pattern.');
  if (keyPattern !== undefined && name !== undefined)
    throw new MongoError(72, 'Cannot specify both key pattern and name.');
  if (hidden === undefined && expireAfterSeconds === undefined)
    throw new MongoError(72, 'no expireAfterSeconds, hidden, unique, or prepareUnique field');
  if (name === '_id_' || JSON.stringify(keyPattern) === '{"_id":1}')
    throw expireAfterSeconds === undefined
      ? new MongoError(2, "can't hide _id index")
      : new MongoError(72, 'the _id field does not support TTL indexes');
  const [index] = named(info, name ?? keyPattern);
  if (!index) throw new MongoError(27, `cannot find index ${show(name ?? keyPattern)} for ns ${info.db}.${info.name}`);
  const spec = { ...index.spec };
  const answer: Doc = {};
  if (expireAfterSeconds !== undefined) {
    spec['expireAfterSeconds'] = ttl(spec['key'] as Doc, expireAfterSeconds);
    if (index.expireAfterSeconds !== undefined)
      answer['expireAfterSeconds_old'] = Long.fromNumber(index.expireAfterSeconds);
    answer['expireAfterSeconds_new'] = Long.fromNumber(spec['expireAfterSeconds'] as number);
  }
  if (hidden !== undefined && hidden !== index.hidden) {
    if (hidden === true) spec['hidden'] = true;
    else delete spec['hidden'];
    Object.assign(answer, { hidden_old: index.hidden, hidden_new: hidden === true });
  }
  server.catalogue.changeIndex(info, index, spec);
  return answer;
}

/** Makes all of the indexes, or none. */
function createAll(server: Server, info: CollectionInfo, specs: readonly Doc[]): void {
  const before = new Set(info.indexes);
  try {
    for (const spec of specs) createIndex(server, info, spec);
  } catch (error) {
    for (const index of info.indexes.filter((made) => !before.has(made))) server.catalogue.removeIndex(info, index);
    throw error;
  }
}

/** Makes one index, from a specification as `listIndexes` shows it, and enters the documents that are there. */
export function createIndex(server: Server, info: CollectionInfo, spec: Doc): void {
  const { key } = spec as { key: Doc };
  if (JSON.stringify(key) === '{"_id":1}') return;
  if (isThere(info, spec)) return;
  const other = spec['weights'] ? info.indexes.find((index) => index.text) : undefined;
  if (other)
    throw new MongoError(67, `only one text index per collection allowed, found existing text index "${other.name}"`);
  if (info.indexes.length + 1 >= MAX_INDEXES)
    throw new MongoError(67, `add index fails, too many indexes for ${info.db}.${info.name} key:${show(key)}`);
  const fields = Object.entries(key).map(([path, order]) => ({ path, descending: toNumber(order) < 0 }));
  const index = server.catalogue.addIndex(info, spec, fields);
  fillIndex(server.environment, server.catalogue, info, index);
}

/** Options that tell an index from another one on the same key, so that both may stand. */
const IDENTIFYING = ['key', 'unique', 'sparse', 'collation', 'partialFilterExpression'];
/** Options in which the same index may differ from what is asked for. */
const PASSED_OVER = ['v', 'name', 'hidden', 'textIndexVersion'];

/**
 * Whether a collection has an index already.
 * @throws MongoError 86 when another index has its name, 85 when the same index has another name or other options
 */
function isThere(info: CollectionInfo, spec: Doc): boolean {
  const identity = (one: Doc): string => JSON.stringify(IDENTIFYING.map((option) => one[option] ?? null));
  const options = (one: Doc): string =>
    JSON.stringify(
      Object.entries(one)
        .filter(([option]) => !PASSED_OVER.includes(option))
        .sort(),
    );
  const isSame = (index: Index): boolean => identity(index.spec) === identity(spec);
  const namesake = info.indexes.find(({ name }) => name === spec['name']);
  const same = namesake ?? info.indexes.find(isSame);
  if (!same) return false;
  const both = `Requested index: ${show(spec)}, existing index: ${show(same.spec)}`;
  if (!isSame(same))
    throw new MongoError(
      86,
      `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. ${both}`,
    );
  if (options(same.spec) !== options(spec))
    throw new MongoError(
      85,
      `An equivalent index already exists with ${namesake ? 'the same name but different options' : 'a different name and options'}. ${both}`,
    );
  if (!namesake) throw new MongoError(85, `Index already exists with a different name: ${same.name}`);
  return true;
}

/** @throws MongoError 40414 when nothing says which index is meant, 14 when it is neither a name, nor a key, nor a list */
function checkDropped(call: Call): void {
  const wanted = call.value('index');
  if (wanted === undefined || wanted === null) throw missingField(call.name, 'index');
  if (typeof wanted !== 'string' && !isDoc(wanted) && !Array.isArray(wanted))
    throw wrongType(call.name, 'index', ['string', 'object'], wanted);
}

/** The indexes that `dropIndexes` names, by name or key. */
function chosen(info: CollectionInfo, wanted: unknown): Index[] {
  if (wanted === '*') return [...info.indexes];
  const list = Array.isArray(wanted) ? wanted : [wanted];
  return list.map((item: unknown) => {
    if (item === '_id_' || (isDoc(item) && JSON.stringify(item) === '{"_id":1}'))
      throw new MongoError(72, 'cannot drop _id index');
    const { 0: index, 1: other, length: count } = named(info, item);
    if (!index)
      throw new MongoError(
        27,
        isDoc(item) ? `can't find index with key: ${show(item)}` : `index not found with name [${String(item)}]`,
      );
    if (other)
      throw new MongoError(
        181,
        `${count} indexes found for key: ${show(item)}, identify by name instead. Conflicting indexes: ${show(index.spec)}, ${show(other.spec)}`,
      );
    return index;
  });
}

/** Indexes of a name, of which there is one, or of a key, of which there may be several with other collations. */
function named(info: CollectionInfo, wanted: unknown): Index[] {
  const pattern = isDoc(wanted) ? JSON.stringify(wanted) : undefined;
  return info.indexes.filter((index) => index.name === wanted || JSON.stringify(index.spec['key']) === pattern);
}
