import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncPath } from '../store/disk/folder.js';

/** What a file is called after its name while `writeWhole` writes it. */
export const FRESH = '.part';

/** Whether there is anything at a path but a folder that is empty, but for a file of no importance. */
export function isTaken(path: string, unimportant?: string): boolean {
  if (!existsSync(path)) return false;
  try {
    return readdirSync(path).some((name) => name !== unimportant);
  } catch {
    return true;
  }
}

/** Writes a file, for its owner alone, that is there as a whole or not at all, also after a crash. */
export function writeWhole(path: string, text: string): void {
  const fresh = path + FRESH;
  writeFileSync(fresh, text, { mode: 0o600, flush: true });
  renameSync(fresh, path);
  syncPath(dirname(path));
}

/** The SHA-256 of a file, in hex. */
export async function hashFile(path: string, read: (bytes: number) => void = () => undefined): Promise<string> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    read((bytes += chunk.length));
  }
  return hash.digest('hex');
}
