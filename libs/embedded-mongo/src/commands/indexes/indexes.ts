import { isDoc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { show } from '../../language/values/show.js';
import { isView, type CollectionInfo, type Index } from '../../store/catalogue.js';
import { listReply } from '../collections.js';
import { createIndexes } from './index-build.js';
import { changeIndex } from './index-changes.js';
import { named } from './index-names.js';
import { inOrder, normalize, withoutUnknown } from './index-specs.js';
import { changeView } from '../aggregate/views.js';
import { missingField, wrongType } from '../arguments.js';
import type { Call } from '../call.js';
import { existing, type Command, type Server } from '../command.js';

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

const DROP_INDEXES: Command = {
  fields: ['index'],
  run: (server, call) =>
    server.environment.write(() => {
      checkDropped(call);
      if (!server.catalogue.find(call.db, call.collection)) throw new MongoError(26, `ns not found ${call.namespace}`);
      const info = existing(server, call);
      const nIndexesWas = info.indexes.length + 1;
      const wanted = call.value('index');
      dropIndexes(server, info, wanted);
      return { nIndexesWas, ...(wanted === '*' ? { msg: 'non-_id indexes dropped for collection' } : {}), ok: 1 };
    }),
};

/** Commands about indexes. */
export const INDEX_COMMANDS: Record<string, Command> = {
  createIndexes: {
    fields: ['indexes', 'commitQuorum', 'ignoreUnknownIndexOptions'],
    run: (server, call) => {
      const ignoresUnknown = call.flag('ignoreUnknownIndexOptions');
      if (call.has('commitQuorum')) throw new MongoError(2, "Standalones can't specify commitQuorum");
      const specs = call.list('indexes').map((spec, i) => {
        if (!isDoc(spec)) throw wrongType(`${call.name}.indexes`, String(i), 'object', spec);
        return ignoresUnknown ? withoutUnknown(spec) : spec;
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
        const info = server.catalogue.find(call.db, call.collection);
        if (!info) throw new MongoError(26, `ns does not exist: ${call.namespace}`);
        if (call.has('viewOn') || call.has('pipeline') || isView(info)) {
          changeView(server, call, info);
          return { ok: 1 };
        }
        return { ...(call.has('index') ? changeIndex(server, info, call.doc('index')) : {}), ok: 1 };
      });
    },
  },
  listIndexes: {
    fields: ['cursor'],
    run: (server, call) => {
      const info = existing(server, call);
      return listReply(server, call, call.namespace, [ID_SPEC, ...info.indexes.map(({ spec }) => inOrder(spec))]);
    },
  },
  dropIndexes: DROP_INDEXES,
  // Its old name.
  deleteIndexes: DROP_INDEXES,
};

/** @throws MongoError 40414 when nothing says which index is meant, 14 when it is neither a name, nor a key, nor a list of names */
function checkDropped(call: Call): void {
  const wanted = call.value('index');
  if (wanted === undefined || wanted === null) throw missingField('dropIndexes', 'index');
  if (typeof wanted !== 'string' && !isDoc(wanted) && !Array.isArray(wanted))
    throw wrongType('dropIndexes', 'index', ['string', 'object'], wanted);
  if (!Array.isArray(wanted)) return;
  wanted.forEach((name: unknown, i) => {
    if (typeof name !== 'string') throw wrongType('dropIndexes.index', String(i), 'string', name);
  });
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
