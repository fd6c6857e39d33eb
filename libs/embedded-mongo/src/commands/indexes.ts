import { Long } from 'bson';
import { isDoc, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { isView, type CollectionInfo, type Index } from '../store/catalogue.js';
import { show } from '../store/duplicate-key.js';
import { listReply } from './collections.js';
import { createIndexes } from './index-build.js';
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
      return createIndexes(server, call, wanted);
    },
  },
  collMod: {
    fields: ['index', 'viewOn', 'pipeline', ...UNSUPPORTED_CHANGES],
    run: (server, call) => {
      const unsupported = UNSUPPORTED_CHANGES.find((field) => call.has(field));
      if (unsupported) throw new MongoError(72, `the option '${unsupported}' is not supported by this server`);
      return server.environment.write(() => {
        const named = server.catalogue.find(call.db, call.collection);
        if (call.has('viewOn') || call.has('pipeline') || (named && isView(named))) {
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
        dropIndexes(server, info, call.value('index'));
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
  const [index] = named(info.indexes, name ?? keyPattern);
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

/** @throws MongoError 40414 when nothing says which index is meant, 14 when it is neither a name, nor a key, nor a list */
function checkDropped(call: Call): void {
  const wanted = call.value('index');
  if (wanted === undefined || wanted === null) throw missingField(call.name, 'index');
  if (typeof wanted !== 'string' && !isDoc(wanted) && !Array.isArray(wanted))
    throw wrongType(call.name, 'index', ['string', 'object'], wanted);
}

/**
 * Removes indexes, and aborts builds.
 * @throws MongoError 12587 when others are being built together with one that is named
 */
function dropIndexes({ catalogue }: Server, info: CollectionInfo, wanted: unknown): void {
  const dropped = new Set(chosen(info, wanted));
  const aborted = info.builds.filter(({ indexes }) => indexes.some((index) => dropped.has(index)));
  const kept = aborted.flatMap(({ indexes }) => indexes).find((index) => !dropped.has(index));
  if (kept)
    throw new MongoError(
      12587,
      `cannot abort the build of a part of the indexes of ${info.db}.${info.name}: ${kept.name} is built with them, name it too`,
    );
  for (const build of aborted) catalogue.abortBuild(build);
  for (const index of info.indexes.filter((one) => dropped.has(one))) catalogue.removeIndex(info, index);
}

/** Those that are complete, and those that are being built. */
function allOf({ indexes, builds }: CollectionInfo): Index[] {
  return [...indexes, ...builds.flatMap((build) => build.indexes)];
}

/** The indexes that `dropIndexes` names, by name or key. */
function chosen(info: CollectionInfo, wanted: unknown): Index[] {
  const all = allOf(info);
  if (wanted === '*') return all;
  const list = Array.isArray(wanted) ? wanted : [wanted];
  return list.map((item: unknown) => {
    if (item === '_id_' || (isDoc(item) && JSON.stringify(item) === '{"_id":1}'))
      throw new MongoError(72, 'cannot drop _id index');
    const { 0: index, 1: other, length: count } = named(all, item);
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
function named(indexes: readonly Index[], wanted: unknown): Index[] {
  const pattern = isDoc(wanted) ? JSON.stringify(wanted) : undefined;
  return indexes.filter((index) => index.name === wanted || JSON.stringify(index.spec['key']) === pattern);
}
