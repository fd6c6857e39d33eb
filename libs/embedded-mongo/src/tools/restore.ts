import {
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createConnection } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { EmbeddedMongoError } from '../errors.js';
import { Environment } from '../store/disk/environment.js';
import { dataFile, journalFile, lockFile, prepareFolder, syncPath } from '../store/disk/folder.js';
import { NOTE, type BackupNote } from './backup.js';
import { check, type CheckReport, type Disagreement } from './check.js';
import { hashFile } from './files.js';
import { openToRead } from './folder-state.js';
import { nothing, type Preparing, type Progress } from './progress.js';
import { isThere, reasonOf } from './reasons.js';

/** How a backup is put back. */
export interface RestoreOptions {
  /** Folder of the backup. */
  backup: string;
  /** Folder to put it into; made when it is missing. */
  dataDir: string;
  /** Moves data that is there aside; without it, data that is there is a reason to refuse. */
  replace?: boolean;
  onDisagreement?: (disagreement: Disagreement) => void;
  progress?: Progress;
  preparing?: Preparing;
}

/** What a restore has done. */
export interface Restored {
  report: CheckReport;
  /** Folder that has the data that was there; undefined when there was none. */
  movedTo: string | undefined;
}

/**
 * Puts the data of a backup into a data folder. The backup is copied first and the copy is checked; then it takes the
 * place of what was there in one step, so that a crash leaves the one or the other. Nothing is ever deleted.
 * @throws EmbeddedMongoError when the backup is not in order, a process holds the folder, or there is data in it
 */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const folder = resolve(options.dataDir);
  const source = dataFile(resolve(options.backup));
  if (!isThere(source)) throw new EmbeddedMongoError(`${options.backup} is not a backup: there is no data.mdb in it.`);
  prepareFolder(folder);
  const { preparing = nothing } = options;
  const old = await claim(folder, options.replace === true);
  let staging: string | undefined;
  try {
    staging = mkdtempSync(join(folder, '.restore-'));
    preparing(staging);
    const report = await stage(source, staging, options);
    const movedTo = old && moveAside(folder);
    putInPlace(staging, folder, old !== undefined);
    preparing(undefined);
    syncPath(folder);
    return { report, movedTo };
  } finally {
    if (staging !== undefined) rmSync(staging, { recursive: true, force: true });
    await old?.release();
  }
}

interface Claim {
  release: () => Promise<void>;
}

/** Holds the data that is there, so that no server starts on it meanwhile; undefined when there is none. */
async function claim(folder: string, replace: boolean): Promise<Claim | undefined> {
  const file = dataFile(folder);
  if (!existsSync(file) || statSync(file).size === 0) return undefined;
  let environment: Environment | undefined;
  try {
    await refuseHolder(folder);
    environment = Environment.open(folder);
  } catch (error) {
    if (!(error instanceof EmbeddedMongoError) || / in use by process /.test(error.message)) throw error;
    // It is damaged, or of another format, and cannot be held; whoever serves it still answers.
    if (await answers(join(folder, 'mongo.sock')))
      throw new EmbeddedMongoError(`A server uses ${folder}: ${join(folder, 'mongo.sock')} answers. Stop it first.`);
  }
  if (replace) return { release: async () => environment?.close() };
  await environment?.close();
  throw new EmbeddedMongoError(
    `There is data in ${folder} already. Choose another folder, or say --replace, which moves that data aside.`,
  );
}

/** A server in this very process counts as well, which taking hold would not notice. */
async function refuseHolder(folder: string): Promise<void> {
  const environment = openToRead(folder);
  const { holder } = environment;
  await environment.close();
  if (holder)
    throw new EmbeddedMongoError(
      `The data folder ${folder} is in use by process ${holder.pid}. Stop that process first.`,
    );
}

function answers(path: string): Promise<boolean> {
  return new Promise((settle) => {
    const socket = createConnection(path, () => {
      socket.destroy();
      settle(true);
    });
    socket.once('error', () => settle(false));
  });
}

/** Copies the backup onto the disk of the data folder and checks that copy, which is the one that will be used. */
async function stage(source: string, staging: string, options: RestoreOptions): Promise<CheckReport> {
  const { onDisagreement, progress = nothing } = options;
  const copy = dataFile(staging);
  try {
    copyFileSync(source, copy, constants.COPYFILE_FICLONE);
    // Beside a file that was copied by hand from a process that was killed stands its journal.
    const journal = journalFile(dirname(source));
    if (existsSync(journal)) copyFileSync(journal, journalFile(staging));
  } catch (error) {
    throw new EmbeddedMongoError(
      `The backup could not be copied into ${options.dataDir} (${reasonOf(error)}). Nothing was changed.`,
      { cause: error },
    );
  }
  await checkHash(join(options.backup, NOTE), copy, progress);
  await Environment.settleCopy(staging);
  const report = await check({ dataDir: staging, progress, atRest: true, ...(onDisagreement && { onDisagreement }) });
  if (report.disagreements > 0)
    throw new EmbeddedMongoError(
      `The backup ${options.backup} is not in order (${report.disagreements} disagreements). Nothing was changed.`,
    );
  syncPath(copy);
  return report;
}

async function checkHash(note: string, copy: string, progress: Progress): Promise<void> {
  if (!existsSync(note)) return; // A data file that was copied by hand.
  let expected: BackupNote;
  try {
    expected = JSON.parse(readFileSync(note, 'utf8')) as BackupNote;
  } catch {
    throw new EmbeddedMongoError(`${note} is damaged: it cannot be read. Nothing was changed.`);
  }
  if (expected.version !== 1)
    throw new EmbeddedMongoError(
      `${note} is of version ${String(expected.version)}; this program reads version 1. Restore it with the release that made it.`,
    );
  const { size } = statSync(copy);
  const sha256 = await hashFile(copy, (read) => progress('reading the backup', read, size));
  if (sha256 !== expected.sha256)
    throw new EmbeddedMongoError(
      `The backup is damaged: its data.mdb is not the one that ${note} tells of. Nothing was changed.`,
    );
}

/** Gives the old data a second name in a folder of its own; its first name is taken over by what replaces it. */
function moveAside(folder: string): string {
  const stamp = new Date().toISOString().replaceAll(':', '-').replace(/\..*/, '');
  let aside = join(folder, `replaced-${stamp}`);
  for (let n = 2; existsSync(aside); n++) aside = join(folder, `replaced-${stamp}-${n}`);
  mkdirSync(aside, { mode: 0o700 });
  linkSync(dataFile(folder), dataFile(aside));
  syncPath(aside);
  // The lock file belongs to the old data: it knows their transactions.
  if (existsSync(lockFile(folder))) renameSync(lockFile(folder), lockFile(aside));
  // One that is there still is that of data that could not be opened.
  if (existsSync(journalFile(folder))) renameSync(journalFile(folder), journalFile(aside));
  return aside;
}

/** A rename replaces the old file in one step; a link, where none was, refuses to replace one that came meanwhile. */
function putInPlace(staging: string, folder: string, replaces: boolean): void {
  const [from, to] = [dataFile(staging), dataFile(folder)];
  if (replaces) return renameSync(from, to);
  rmSync(lockFile(folder), { force: true });
  if (existsSync(to) && statSync(to).size === 0) rmSync(to);
  try {
    linkSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new EmbeddedMongoError(`A server made data in ${to} meanwhile. Nothing was changed.`);
  }
}
