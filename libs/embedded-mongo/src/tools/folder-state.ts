import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedMongoError } from '../errors.js';
import { Environment } from '../store/disk/environment.js';
import { dataFile } from '../store/disk/folder.js';
import { nothing, type Preparing } from './progress.js';
import { isThere, reasonOf } from './reasons.js';

/**
 * Opens the data of a folder beside whoever holds it.
 * @throws EmbeddedMongoError when there is no data, or it cannot be read
 */
export function openToRead(dataDir: string): Environment {
  isThere(dataFile(dataDir)); // What this user may not see is not missing.
  return Environment.openToRead(dataDir);
}

/**
 * The process that holds a data folder at the moment; undefined when there is none.
 * @throws EmbeddedMongoError when there is no data, or it cannot be read
 */
export async function holderOf(dataDir: string): Promise<number | undefined> {
  const environment = openToRead(dataDir);
  const pid = environment.holder?.pid;
  await environment.close();
  return pid;
}

/**
 * Copies the data of a folder, as it is at one moment, into a new folder within another, so that it can be served while
 * the server of the original goes on. The caller removes it.
 */
export async function snapshotOf(dataDir: string, within: string, preparing: Preparing = nothing): Promise<string> {
  const environment = openToRead(dataDir);
  let folder: string | undefined;
  try {
    mkdirSync(within, { recursive: true, mode: 0o700 });
    folder = mkdtempSync(join(within, '.snapshot-'));
    preparing(folder);
    await environment.copyTo(folder);
    await Environment.settleCopy(folder);
    return folder;
  } catch (error) {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    if (error instanceof EmbeddedMongoError || !(error instanceof Error)) throw error;
    throw new EmbeddedMongoError(
      `A copy of the data could not be made in ${within} (${reasonOf(error)}). Nothing was exported.`,
      { cause: error },
    );
  } finally {
    await environment.close();
  }
}
