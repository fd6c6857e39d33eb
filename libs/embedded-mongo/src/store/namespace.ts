import { MongoError } from '../errors.js';

/** @throws MongoError 73 when no collection may have this name */
export function checkNamespace(db: string, name: string): void {
  const bytes = Buffer.byteLength(`${db}.${name}`);
  const invalid =
    name === '' || name.includes('\0') || name.includes('$') || name.startsWith('.') || name.endsWith('.');
  if (invalid || name.startsWith('system.')) {
    throw new MongoError(73, `Invalid collection name: ${name}`);
  }
  if (bytes > 255) {
    throw new MongoError(73, `Fully qualified namespace is too long. Namespace: ${db}.${name} Max: 255`);
  }
}
