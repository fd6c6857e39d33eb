import { statfsSync } from 'node:fs';
import { hostname } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { Double, Long } from 'bson';
import { isDoc, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { show } from '../language/values/show.js';
import { isView, type CollectionInfo } from '../store/catalogue.js';
import type { Environment } from '../store/disk/environment.js';
import { idPrefix, successor } from '../store/keys/key.js';
import { unseal } from '../store/disk/seal.js';
import { checkKnown, tooSmall, wholeOf, wrongType } from './arguments.js';
import type { Call } from './call.js';
import type { Command, Server } from './command.js';

/** Keys that are read in one turn: a large collection is no reason for others to wait. */
const SLICE = 5_000;

/** Commands about how much is stored. */
export const STATISTICS_COMMANDS: Record<string, Command> = {
  dbStats: { fields: ['scale', 'freeStorage'], run: dbStats },
  dbstats: { fields: ['scale', 'freeStorage'], run: dbStats },
  collStats: { fields: ['scale'], run: collStats },
  collstats: { fields: ['scale'], run: collStats },
};

/** Bytes of a collection's documents, of what stores them, and of each of its indexes. */
interface Sizes {
  readonly data: number;
  readonly storage: number;
  readonly indexes: ReadonlyMap<string, number>;
}

/** Bytes that stand under a number in a table. Whoever writes meanwhile is not waited for. */
async function bytesUnder(
  table: Environment['documents'],
  id: number,
  bytesOf: (value: Buffer) => number,
): Promise<{ keys: number; values: number; stored: number }> {
  const size = { keys: 0, values: 0, stored: 0 };
  const prefix = idPrefix(id);
  for (let start: Buffer | undefined = prefix; start;) {
    let seen = 0;
    let next: Buffer | undefined;
    for (const { key, value } of table.getRange({ start, end: successor(prefix), limit: SLICE })) {
      size.keys += key.length;
      size.values += bytesOf(value);
      size.stored += value.length;
      // The key after this one, from which the next turn goes on.
      if (++seen === SLICE) next = Buffer.concat([key, Buffer.of(0)]);
    }
    start = next;
    if (start) await setImmediate();
  }
  return size;
}

async function sizesOf({ environment }: Server, info: CollectionInfo): Promise<Sizes> {
  const documents = await bytesUnder(environment.documents, info.id, (value) => unseal(value).length);
  // Documents are stored by `_id`: their keys are its index.
  const indexes = new Map([['_id_', documents.keys]]);
  for (const { id, name } of info.indexes) {
    const { keys, stored } = await bytesUnder(environment.entries, id, (value) => value.length);
    indexes.set(name, keys + stored);
  }
  return { data: documents.values, storage: documents.stored, indexes };
}

const total = (sizes: Iterable<number>): number => [...sizes].reduce((sum, size) => sum + size, 0);

async function dbStats(server: Server, call: Call): Promise<Doc> {
  const scale = scaleOf(call);
  if (scale < 1) throw new MongoError(2, 'Scale factor must be greater than zero');
  const all = server.catalogue.list(call.db);
  const collections = all.filter((info) => !isView(info));
  let [data, storage, index] = [0, 0, 0];
  for (const info of collections) {
    const sizes = await sizesOf(server, info);
    data += sizes.data;
    storage += sizes.storage;
    index += total(sizes.indexes.values());
  }
  const objects = total(collections.map(({ count }) => count));
  const count = (value: number): Long => Long.fromNumber(value);
  const scaled = (bytes: number): Double => new Double(bytes / scale);
  const disk = all.length > 0 ? statfsSync(server.environment.folder) : undefined;
  return {
    db: call.db,
    collections: count(collections.length),
    views: count(all.length - collections.length),
    objects: count(objects),
    avgObjSize: new Double(objects === 0 ? 0 : data / objects),
    dataSize: scaled(data),
    storageSize: scaled(storage),
    ...(call.flag('freeStorage') ? { freeStorageSize: scaled(0) } : {}),
    indexes: count(total(collections.map(({ indexes }) => indexes.length + 1))),
    indexSize: scaled(index),
    ...(call.flag('freeStorage') ? { indexFreeStorageSize: scaled(0) } : {}),
    totalSize: scaled(storage + index),
    ...(call.flag('freeStorage') ? { totalFreeStorageSize: scaled(0) } : {}),
    scaleFactor: count(scale),
    fsUsedSize: scaled(disk ? (disk.blocks - disk.bfree) * disk.bsize : 0),
    fsTotalSize: scaled(disk ? disk.blocks * disk.bsize : 0),
    ok: 1,
  };
}

async function collStats(server: Server, call: Call): Promise<Doc> {
  const scale = scaleOf(call);
  if (scale < 1) throw tooSmall('scale', 1, scale);
  const info = server.catalogue.find(call.db, call.collection);
  if (info && isView(info)) throw new MongoError(166, `Namespace ${call.namespace} is a view, not a collection`);
  return { ns: call.namespace, ...(await storageStats(server, info, scale)), ok: 1 };
}

/** How much of a collection is stored, in units of `scale` bytes; of one that there is not, nothing. */
async function storageStats(server: Server, info: CollectionInfo | undefined, scale: number): Promise<Doc> {
  const sizes = info ? await sizesOf(server, info) : { data: 0, storage: 0, indexes: new Map<string, number>() };
  const scaled = (bytes: number): number => Math.floor(bytes / scale);
  const totalIndexSize = total(sizes.indexes.values());
  const count = info?.count ?? 0;
  return {
    size: scaled(sizes.data),
    count,
    ...(count > 0 ? { avgObjSize: Math.floor(sizes.data / count) } : {}),
    numOrphanDocs: 0,
    storageSize: scaled(sizes.storage),
    ...(info ? { freeStorageSize: 0, capped: false } : {}),
    nindexes: info ? info.indexes.length + 1 : 0,
    ...(info ? { indexBuilds: info.builds.flatMap(({ indexes }) => indexes.map(({ name }) => name)) } : {}),
    totalIndexSize: scaled(totalIndexSize),
    totalSize: scaled(sizes.storage + totalIndexSize),
    indexDetails: {},
    indexSizes: Object.fromEntries([...sizes.indexes].map(([name, bytes]) => [name, scaled(bytes)])),
    scaleFactor: scale,
  };
}

/**
 * The document that `$collStats` begins a pipeline with.
 * @throws MongoError 26 when there is no such collection, 166 when it is a view, 238 for statistics that are not kept
 */
export async function collStatsDocument(server: Server, call: Call, spec: unknown): Promise<Doc> {
  if (!isDoc(spec)) throw new MongoError(5447000, `$collStats must take a nested object but found: ${show(spec)}`);
  checkKnown(spec, ['latencyStats', 'storageStats', 'count', 'queryExecStats'], '$collStats');
  for (const field of ['latencyStats', 'queryExecStats'])
    if (field in spec) throw new MongoError(238, `$collStats with ${field} is not supported by this server`);
  const info = server.catalogue.find(call.db, call.collection);
  if (info && isView(info)) throw new MongoError(166, `Namespace ${call.namespace} is a view, not a collection`);
  const wanted = ['storageStats', 'count'].find((field) => field in spec);
  if (!info && wanted)
    throw new MongoError(
      26,
      `PlanExecutor error during aggregation :: caused by :: Unable to retrieve ${wanted} in $collStats stage :: caused by :: Collection [${call.namespace}] not found.`,
    );
  const { storageStats: storage, count } = spec;
  if (storage !== undefined && !isDoc(storage)) throw wrongType('$collStats', 'storageStats', 'object', storage);
  if (count !== undefined && !isDoc(count)) throw wrongType('$collStats', 'count', 'object', count);
  const scale = wholeOf(storage?.['scale'], '$collStats.storageStats', 'scale') ?? 1;
  if (scale < 1) throw tooSmall('scale', 1, scale);
  return {
    ns: call.namespace,
    host: hostname(),
    localTime: new Date(),
    ...(storage ? { storageStats: await storageStats(server, info, scale) } : {}),
    ...(count === undefined ? {} : { count: info?.count ?? 0 }),
  };
}

/** What sizes are divided by: the whole part of what is asked for. */
function scaleOf(call: Call): number {
  return call.whole('scale') ?? 1;
}
