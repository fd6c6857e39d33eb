import { MongoError } from '../errors.js';

/** Most bytes of the name of a database. */
const MAX_DATABASE_BYTES = 63;

/** @throws MongoError 73 when no database may have this name */
export function checkDatabase(db: string): void {
  if (db === '' || /[\0/\\ "$.]/.test(db)) throw new MongoError(73, `Invalid database name: '${db}'`);
  const bytes = Buffer.byteLength(db);
  if (bytes > MAX_DATABASE_BYTES)
    throw new MongoError(73, `db name must be at most ${MAX_DATABASE_BYTES} characters, found: ${bytes}`);
}

/**
 * Names of databases that differ in case only would be one where file systems do not tell them apart.
 * @param known all collections
 * @throws MongoError 13297 when there is another database of this name
 */
export function checkCase(db: string, known: Iterable<{ readonly db: string }>): void {
  const folded = db.toLowerCase();
  let other: string | undefined;
  for (const one of known) {
    if (one.db === db) return;
    if (one.db.toLowerCase() === folded) other = one.db;
  }
  if (other !== undefined)
    throw new MongoError(
      13297,
      `db already exists with different case already have: [${other}] trying to create [${db}]`,
    );
}

/** @throws MongoError 73 when no collection may have this name, 2 for one within the names that are the system's */
export function checkNamespace(db: string, name: string): void {
  const bytes = Buffer.byteLength(`${db}.${name}`);
  // Drivers refuse a dot at the end; MongoDB takes it.
  const invalid = name === '' || name.includes('\0') || name.includes('$') || name.startsWith('.');
  if (invalid) throw new MongoError(73, `Invalid collection name: ${name}`);
  if (name.startsWith('system.')) throw new MongoError(73, `Invalid system namespace: ${db}.${name}`);
  if (bytes > 255) {
    throw new MongoError(73, `Fully qualified namespace is too long. Namespace: ${db}.${name} Max: 255`);
  }
  if (name.includes('.system.')) throw new MongoError(2, `Invalid namespace: ${db}.${name}`);
}
