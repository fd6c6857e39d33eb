import { mongo } from 'mongoose';

const DUPLICATE_KEY = 11_000;

/**
 * Whether a write failed because a unique index already holds the key; with fields given, whether it was the index on
 * exactly these. For a bulk write, whether its first failed operation did.
 */
export function isDuplicateKey(error: unknown, ...fields: string[]): boolean {
  if (!(error instanceof mongo.MongoServerError) || error.code !== DUPLICATE_KEY) return false;
  if (fields.length === 0) return true;
  const pattern = Object.keys((error.keyPattern as object | undefined) ?? {});
  return pattern.length === fields.length && fields.every((field) => pattern.includes(field));
}
