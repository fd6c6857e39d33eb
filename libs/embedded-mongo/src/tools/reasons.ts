import { accessSync, constants } from 'node:fs';
import { EmbeddedMongoError } from '../errors.js';

/** What the codes of a system mean to who reads them for the first time. */
const REASONS: Record<string, string> = {
  EACCES: 'this user may not',
  EDQUOT: 'the quota is used up',
  EEXIST: 'a part of the path is a file',
  EFBIG: 'no file may be as large',
  EIO: 'the disk is failing',
  ENAMETOOLONG: 'the path is too long',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is a file',
  EPERM: 'this user may not',
  EROFS: 'nothing can be written there',
};

/** Why a file could not be read or written: the code of the system, and what it means. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return message;
  const words = REASONS[code];
  return words === undefined ? code : `${code}, ${words}`;
}

/**
 * Whether there is something at a path.
 * @throws EmbeddedMongoError when this user may not read it, which is not to be taken for nothing
 */
export function isThere(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw new EmbeddedMongoError(`${path} cannot be read (${reasonOf(error)}).`, { cause: error });
  }
}
