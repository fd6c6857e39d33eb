import { EJSON } from 'bson';
import type mongoose from 'mongoose';
import { decode, isDoc, type Doc } from '../document.js';
import { EmbeddedMongoError } from '../errors.js';
import { MISSING, someAt } from '../language/paths.js';

/** A connected client of the driver, which the caller brings. */
export type Client = InstanceType<typeof mongoose.mongo.MongoClient>;

/** A collection or view as a server lists it. */
export interface Listed {
  db: string;
  name: string;
  type: string;
  options: Doc;
}

/** Keeps every type of number, and regular expressions as they are. */
const TYPED = { promoteValues: false, bsonRegExp: true } as const;
/** Databases that belong to a server itself. */
const INTERNAL = new Set(['admin', 'config', 'local']);

/** The databases that are meant: the one that a connection string names, or all but the server's own. */
export async function databasesOf(client: Client, uri = ''): Promise<string[]> {
  const named = databaseIn(uri);
  if (named !== undefined) return [named];
  const { databases } = await client.db('admin').admin().listDatabases({ nameOnly: true });
  return databases
    .map(({ name }) => name)
    .filter((name) => !INTERNAL.has(name))
    .sort();
}

/**
 * The database that a connection string names; undefined when it names none.
 * @throws EmbeddedMongoError when that is one of the server's own, as where a user is known
 */
export function databaseIn(uri: string): string | undefined {
  const part = /^mongodb(?:\+srv)?:\/\/[^/?]+\/([^?]+)/.exec(uri)?.[1];
  if (part === undefined) return undefined;
  const name = decodeURIComponent(part);
  if (!INTERNAL.has(name)) return name;
  throw new EmbeddedMongoError(
    `The connection string names the database ${name}, which is the server's own. Name that of Parlance; where users are kept is said with ?authSource=${name}.`,
  );
}

/** The collections and views of a database, by name, without those that belong to the server. */
export async function collectionsOf(client: Client, db: string): Promise<Listed[]> {
  const listed = (await client.db(db).listCollections({}, TYPED).toArray()) as unknown as Listed[];
  return listed
    .filter(({ name }) => !name.startsWith('system.'))
    .map(({ name, type, options }) => ({ db, name, type, options }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The indexes of a collection but that of `_id`. */
export async function indexesOf(client: Client, db: string, name: string): Promise<Doc[]> {
  const specs = (await client.db(db).collection(name).listIndexes(TYPED).toArray()) as Doc[];
  return specs.filter((spec) => spec['name'] !== '_id_');
}

/**
 * The documents of a collection as they are stored, in the order of `_id` byte by byte.
 * @param behind the `_id` behind which they begin. Only `$expr` compares as the order does: the `$gt` of a filter sees values
 *   of the same type alone, and none for NaN
 */
export function documentsOf(
  client: Client,
  db: string,
  name: string,
  behind?: { readonly id: unknown },
): AsyncIterable<Buffer> {
  const filter = behind ? { $expr: { $gt: ['$_id', { $literal: behind.id }] } } : {};
  const options = { raw: true, sort: { _id: 1 as const }, collation: { locale: 'simple' }, allowDiskUse: true };
  return client.db(db).collection(name).find(filter, options) as unknown as AsyncIterable<Buffer>;
}

/** Options, or an index, in a form in which equal ones have equal texts; what differs between servers is left out. */
export function comparable(spec: Doc, ...keptOrder: string[]): string {
  const plain = EJSON.parse(EJSON.stringify(spec), { relaxed: true }) as Doc;
  for (const name of ['v', 'ns', 'background', 'uuid', 'textIndexVersion']) delete plain[name];
  if (isDoc(plain['collation'])) delete plain['collation']['version'];
  const pairs = Object.entries(plain).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(pairs.map(([name, value]) => [name, keptOrder.includes(name) ? value : sorted(value)]));
}

function sorted(value: unknown): unknown {
  return isDoc(value) ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)) : value;
}

/** Whether a document's time in one of the TTL indexes has passed, so that a server may have removed it. */
export function expiry(indexes: readonly Doc[]): (raw: Buffer) => boolean {
  const timed = indexes.filter((spec) => spec['expireAfterSeconds'] !== undefined);
  return (raw) => {
    if (timed.length === 0) return false;
    const doc = decode(raw);
    const isPast = (value: unknown, seconds: number): boolean =>
      value instanceof Date && value.getTime() + seconds * 1000 <= Date.now();
    return timed.some((spec) =>
      someAt(doc, (Object.keys(spec['key'] as Doc)[0] ?? '').split('.'), (value) =>
        value === MISSING ? false : [value].flat().some((item) => isPast(item, Number(spec['expireAfterSeconds']))),
      ),
    );
  };
}
