import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { EmbeddedMongoError } from '../errors.js';
import { dataFile, lockFile, syncPath } from '../store/disk/folder.js';
import { Environment } from '../store/disk/environment.js';
import { FORMAT_VERSION } from '../store/disk/format.js';
import { check, type CheckReport, type Disagreement } from './check.js';
import { hashFile, isTaken, writeWhole } from './files.js';
import { openToRead } from './folder-state.js';
import { nothing, type Preparing, type Progress } from './progress.js';
import { reasonOf } from './reasons.js';

/** What stands beside the data file of a backup, in `backup.json`. */
export interface BackupNote {
  /** Version of this note. */
  version: 1;
  /** Layout of the data file. */
  format: number;
  /** When the copy began, as ISO 8601. */
  at: string;
  bytes: number;
  /** Of the data file, in hex. */
  sha256: string;
  collections: number;
  documents: number;
  /** How many disagreements the check of the copy found; 0 for data that is in order. */
  disagreements: number;
}

/** How a backup is made. */
export interface BackupOptions {
  dataDir: string;
  /** Folder to make; it may be there when it is empty. */
  target: string;
  onDisagreement?: (disagreement: Disagreement) => void;
  progress?: Progress;
  preparing?: Preparing;
}

const LOOK_MS = 200;

/** Name of the note in a backup's folder. */
export const NOTE = 'backup.json';

/**
 * Copies the data of a folder, as it is at one moment, into another folder, also while a server writes, and checks the
 * copy. The target appears when all of that is done. Damage in the data is copied as well, and told of.
 * @throws EmbeddedMongoError when there is something at the target, or nothing to copy
 */
export async function backup(options: BackupOptions): Promise<{ note: BackupNote; report: CheckReport }> {
  const { dataDir, onDisagreement, progress = nothing, preparing = nothing } = options;
  const target = resolve(options.target);
  if (isTaken(target))
    throw new EmbeddedMongoError(`There is something at ${target} already. Name a new folder, or an empty one.`);
  const environment = openToRead(dataDir);
  const at = new Date().toISOString();
  let partial: string | undefined;
  try {
    const folder = (partial = makePartial(target));
    preparing(folder);
    const copy = dataFile(folder);
    await watched(copy, environment.sizeOnDisk, progress, () => environment.copyTo(folder));
    await Environment.settleCopy(folder);
    const checked = { dataDir: folder, progress, atRest: true, ...(onDisagreement && { onDisagreement }) };
    const report = await check(checked);
    rmSync(lockFile(folder), { force: true });
    const { size: bytes } = statSync(copy);
    const sha256 = await hashFile(copy, (read) => progress('reading the copy back', read, bytes));
    const { collections, documents, disagreements } = report;
    const note: BackupNote = {
      version: 1,
      format: FORMAT_VERSION,
      at,
      bytes,
      sha256,
      collections,
      documents,
      disagreements,
    };
    writeWhole(join(folder, NOTE), `${JSON.stringify(note, undefined, 2)}\n`);
    chmodSync(copy, 0o600);
    syncPath(copy);
    renameSync(folder, target);
    preparing(undefined);
    syncPath(dirname(target));
    return { note, report };
  } catch (error) {
    if (partial !== undefined) rmSync(partial, { recursive: true, force: true });
    throw inWords(error, target);
  } finally {
    await environment.close();
  }
}

/** A folder of mode 0700 beside the target, on the same disk, which is renamed when it is complete. */
function makePartial(target: string): string {
  mkdirSync(dirname(target), { recursive: true });
  return mkdtempSync(join(dirname(target), `.${basename(target)}.partial-`));
}

async function watched(path: string, total: number, progress: Progress, copy: () => Promise<void>): Promise<void> {
  const look = setInterval(
    () => progress('copying', statSync(path, { throwIfNoEntry: false })?.size ?? 0, total),
    LOOK_MS,
  );
  try {
    await copy();
  } finally {
    clearInterval(look);
  }
}

function inWords(error: unknown, target: string): unknown {
  if (error instanceof EmbeddedMongoError || !(error instanceof Error)) return error;
  return new EmbeddedMongoError(`The backup ${target} could not be made (${reasonOf(error)}).`, { cause: error });
}
