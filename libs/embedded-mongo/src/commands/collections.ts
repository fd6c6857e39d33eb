import { Long } from 'bson';
import { encode, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { collationOf } from '../language/values/collation.js';
import { matcher } from '../language/filters/filter.js';
import { show } from '../language/values/show.js';
import { isView, type CollectionInfo } from '../store/catalogue.js';
import { checkDatabase, checkNamespace } from '../store/namespace.js';
import { normalize } from './indexes/index-specs.js';
import { checkView, viewOptions } from './aggregate/views.js';
import type { Reply } from '../wire/message.js';
import { checkBoolean, missingField } from './arguments.js';
import type { Call } from './call.js';
import { checkAdmin, type Command, type Server } from './command.js';
import { sourceOf } from './reading/cursors.js';
import { firstBatch } from './reading/read.js';

/** Options of collections that would be without effect here. */
const UNSUPPORTED_CREATE = [
  'autoIndexId',
  'capped',
  'changeStreamPreAndPostImages',
  'clusteredIndex',
  'encryptedFields',
  'expireAfterSeconds',
  'indexOptionDefaults',
  'max',
  'size',
  'storageEngine',
  'timeseries',
  'validationAction',
  'validationLevel',
  'validator',
];

const MEBIBYTE = 1024 * 1024;

/** Commands that make, list and drop collections and databases. */
export const COLLECTION_COMMANDS: Record<string, Command> = {
  create: {
    fields: [...UNSUPPORTED_CREATE, 'viewOn', 'pipeline', 'collation', 'idIndex'],
    run: (server, call) =>
      server.environment.write(() => {
        const unsupported = UNSUPPORTED_CREATE.find((field) => call.has(field) && call.value(field) !== false);
        if (unsupported) throw new MongoError(72, `the option '${unsupported}' is not supported by this server`);
        if (call.has('pipeline') && !call.has('viewOn'))
          throw new MongoError(72, "'pipeline' requires 'viewOn' to also be specified");
        if (call.has('idIndex')) checkIdIndex(call);
        const options = {
          ...(call.has('viewOn') ? viewOptions(call) : {}),
          ...collationOption(call.value('collation')),
        };
        const there = server.catalogue.find(call.db, call.collection);
        if (there && !Buffer.from(encode(there.options)).equals(encode(options)))
          throw new MongoError(48, `namespace ${call.namespace} already exists, but with different options`);
        if (!there && call.has('viewOn')) checkView(server, call, options);
        server.catalogue.ensure(call.db, call.collection, options);
        return { ok: 1 };
      }),
  },
  drop: {
    fields: [],
    run: (server, call) =>
      server.environment.write(() => {
        const info = server.catalogue.find(call.db, call.collection);
        if (!info) return { ok: 1 };
        const nIndexesWas = isView(info) ? {} : { nIndexesWas: info.indexes.length + 1 };
        server.catalogue.drop(info);
        return { ...nIndexesWas, ns: call.namespace, ok: 1 };
      }),
  },
  renameCollection: {
    fields: ['to', 'dropTarget'],
    run: (server, call) => {
      checkAdmin(call);
      const [from, to] = [splitNamespace(call.collection), splitNamespace(call.text('to'))];
      const dropsTarget = call.flag('dropTarget');
      return server.environment.write(() => {
        const info = server.catalogue.find(from.db, from.name);
        if (!info) throw new MongoError(26, `Source collection ${from.db}.${from.name} does not exist`);
        if (isView(info)) throw new MongoError(166, `cannot rename view: ${from.db}.${from.name}`);
        const target = server.catalogue.find(to.db, to.name);
        if (target && isView(target))
          throw new MongoError(48, `a view already exists with that name: ${to.db}.${to.name}`);
        if (target === info) throw new MongoError(20, "Can't rename a collection to itself");
        if (target && !dropsTarget) throw new MongoError(48, 'target namespace exists');
        checkDatabase(to.db);
        checkNamespace(to.db, to.name);
        if (target) server.catalogue.drop(target);
        server.catalogue.rename(info, to.db, to.name);
        return { ok: 1 };
      });
    },
  },
  dropDatabase: {
    fields: [],
    run: (server, call) => {
      const sent = call.whole(call.name);
      if (sent === undefined) throw missingField(call.name, call.name);
      if (sent !== 1) throw new MongoError(5255100, "Have to pass 1 as 'drop' parameter");
      if (call.db === 'admin') throw new MongoError(20, "Dropping the 'admin' database is prohibited.");
      return server.environment.write(() => {
        const all = server.catalogue.list(call.db);
        for (const info of all) server.catalogue.drop(info);
        return { ...(all.length > 0 ? { dropped: call.db } : {}), ok: 1 };
      });
    },
  },
  listCollections: {
    fields: ['filter', 'nameOnly', 'authorizedCollections', 'cursor'],
    run: (server, call) => {
      for (const field of ['nameOnly', 'authorizedCollections']) checkBoolean(call.value(field), call.name, field);
      const matches = matcher(call.filter('filter'));
      const all = server.catalogue.list(call.db).map((info) => ({
        name: info.name,
        type: isView(info) ? 'view' : 'collection',
        ...(call.value('nameOnly') === true ? {} : details(info)),
      }));
      return listReply(server, call, `${call.db}.$cmd.listCollections`, all.filter(matches));
    },
  },
  listDatabases: {
    fields: ['filter', 'nameOnly', 'authorizedDatabases'],
    run: (server, call) => {
      checkAdmin(call);
      checkBoolean(call.value('authorizedDatabases'), call.name, 'authorizedDatabases');
      const matches = matcher(call.filter('filter'));
      const all = databasesOf(server);
      if (call.flag('nameOnly')) return { databases: all.map(({ name }) => ({ name })).filter(matches), ok: 1 };
      const databases = all.filter(matches);
      const totalSize = databases.length > 0 ? server.environment.sizeOnDisk : 0;
      return {
        databases,
        totalSize: Long.fromNumber(totalSize),
        totalSizeMb: Long.fromNumber(Math.floor(totalSize / MEBIBYTE)),
        ok: 1,
      };
    },
  },
};

/** The index of `_id` as it is made anyway, which restoring tools name. */
function checkIdIndex(call: Call): void {
  if (call.has('viewOn')) throw new MongoError(72, "'viewOn' and 'idIndex' cannot both be specified");
  const spec = call.doc('idIndex');
  const { key } = normalize(spec, call.value('collation'));
  if (JSON.stringify(key) !== '{"_id":1}')
    throw new MongoError(2, `The field 'key' for an _id index must be {_id: 1}, but got ${show(key)}`);
}

/** A collection keeps its collation with all its fields, as it is listed. */
function collationOption(value: unknown): Doc {
  const collation = collationOf(value);
  return collation ? { collation: collation.spec } : {};
}

function splitNamespace(namespace: string): { db: string; name: string } {
  const dot = namespace.indexOf('.');
  if (dot < 1) throw new MongoError(73, `Invalid namespace specified '${namespace}'`);
  return { db: namespace.slice(0, dot), name: namespace.slice(dot + 1) };
}

/** A whole list, in one batch unless `cursor` wants smaller ones. */
export function listReply(server: Server, call: Call, ns: string, items: readonly Doc[]): Reply {
  return firstBatch(server, call, sourceOf(ns, items.map(encode)), call.batchSize() ?? Number.POSITIVE_INFINITY);
}

function details(info: CollectionInfo): Doc {
  const { options } = info;
  if (isView(info)) return { options, info: { readOnly: true } };
  return { options, info: { readOnly: false }, idIndex: { v: 2, key: { _id: 1 }, name: '_id_' } };
}

function databasesOf(server: Server): { name: string; sizeOnDisk: Long; empty: boolean }[] {
  const names = [...new Set(server.catalogue.list().map((info) => info.db))].sort();
  // All databases share one file, so that each is told the size of all.
  return names.map((name) => ({ name, sizeOnDisk: Long.fromNumber(server.environment.sizeOnDisk), empty: false }));
}
