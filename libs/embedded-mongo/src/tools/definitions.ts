import { isDoc, type Doc } from '../document.js';
import type { Metadata } from './archive.js';
import { collectionsOf, comparable, indexesOf, type Client } from './driver.js';

/** Name under which definitions are tried. */
const TRIAL = 'parlance_import_trial';

/** Makes a collection, or a view, as it was. */
export async function createCollection(
  client: Client,
  db: string,
  { collectionName, options }: Metadata,
): Promise<void> {
  await client.db(db).command({ create: collectionName, ...options, ...collationFor(options) });
}

/** Makes the indexes that a collection does not have yet. */
export async function createMissingIndexes(client: Client, db: string, metadata: Metadata): Promise<void> {
  const { collectionName, indexes, options } = metadata;
  const there = new Set((await indexesOf(client, db, collectionName)).map(comparableIndex));
  const missing = indexes.filter((spec) => !there.has(comparableIndex(spec)));
  if (missing.length === 0) return;
  const specs = missing.map((spec) => asked(spec, options['collation'] !== undefined));
  await client.db(db).command({ createIndexes: collectionName, indexes: specs });
}

/**
 * Makes a collection or view without documents, and its indexes, under a name of its own and removes it, so that a server
 * which cannot have them says so before anything is dropped or written.
 */
export async function tryDefinitions(client: Client, db: string, metadata: Metadata): Promise<void> {
  const trial = { ...metadata, collectionName: TRIAL };
  await dropTrial(client, db); // Of an import that was killed here.
  try {
    await createCollection(client, db, trial);
    if (metadata.type === 'collection') await createMissingIndexes(client, db, trial);
  } finally {
    await dropTrial(client, db);
  }
}

async function dropTrial(client: Client, db: string): Promise<void> {
  if ((await collectionsOf(client, db)).some(({ name }) => name === TRIAL))
    await client.db(db).collection(TRIAL).drop();
}

/** Says which index is missing, or too many; undefined when they are the same. */
export async function indexDifference(client: Client, db: string, metadata: Metadata): Promise<string | undefined> {
  const wanted = new Map(metadata.indexes.map((spec) => [comparableIndex(spec), String(spec['name'])]));
  for (const spec of await indexesOf(client, db, metadata.collectionName))
    if (!wanted.delete(comparableIndex(spec))) return `the archive does not have its index ${String(spec['name'])}`;
  const [missing] = wanted.values();
  return missing === undefined ? undefined : `its index ${missing} is missing`;
}

const comparableIndex = (spec: Doc): string => comparable(spec, 'key');

/** The version of a collation is that of the server's own ICU, which it fills in itself. */
function collationFor({ collation }: Doc): Doc {
  if (!isDoc(collation)) return {};
  const { version: _version, ...fields } = collation;
  return { collation: fields };
}

/** An index as it is asked for, from how it is listed. */
function asked(spec: Doc, collated: boolean): Doc {
  const { ns: _ns, background: _background, ...wanted } = spec;
  // In a collection with a collation, an index that has none says so.
  if (collated && !('collation' in wanted)) wanted['collation'] = { locale: 'simple' };
  Object.assign(wanted, collationFor(wanted));
  const { weights, key } = wanted as { weights?: Doc; key: Doc };
  if (weights === undefined) return wanted;
  // A text index is listed with one key for all of its texts, and names them in the weights.
  const fields = Object.entries(key).filter(([path]) => path !== '_ftsx');
  const texts = Object.keys(weights).map((path): [string, unknown] => [path, 'text']);
  wanted['key'] = Object.fromEntries(fields.flatMap((field) => (field[0] === '_fts' ? texts : [field])));
  return wanted;
}
