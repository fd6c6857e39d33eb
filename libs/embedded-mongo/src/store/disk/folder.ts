import { spawnSync } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { EmbeddedMongoError } from '../../errors.js';

/** Room for the readers that the data file is opened with; LMDB makes the file longer where it needs more. */
const LOCK_BYTES = 132 * 1024;
/** What a file's number of blocks counts, whatever its file system has. */
const BLOCK_BYTES = 512;

/** Path of the data file in a data folder. */
export function dataFile(folder: string): string {
  return join(folder, 'data.mdb');
}

/** Path of the journal, which stands beside the data file while a process holds it, and after one was killed. */
export function journalFile(folder: string): string {
  return join(folder, 'data.journal');
}

/** Path of LMDB's lock file. */
export function lockFile(folder: string): string {
  return `${dataFile(folder)}-lock`;
}

/** Makes the folder when it is missing and checks that it can be written. */
export function prepareFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new EmbeddedMongoError(
      `The data folder ${folder} cannot be written (${reason}). Choose another folder, or give this user write access to it.`,
    );
  }
}

/** LMDB would make its files readable by others: they are made before it opens them. */
export function keepPrivate(folder: string): void {
  closeSync(openSync(dataFile(folder), 'a', 0o600));
  makeLockFile(folder);
  for (const path of [dataFile(folder), lockFile(folder)]) chmodSync(path, 0o600);
}

/**
 * Makes LMDB's lock file when it is missing, with all of its bytes: LMDB maps it, and where the disk has no room for a
 * part that is touched first the process would end with a signal. One that is there is not opened: closing it here would
 * drop the locks that this process may have on it. On a disk that cannot be written LMDB reads without one.
 * @throws EmbeddedMongoError when there is no room for it
 */
export function makeLockFile(folder: string): void {
  const path = lockFile(folder);
  try {
    writeFileSync(path, Buffer.alloc(LOCK_BYTES), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EROFS') return;
    if (code === 'EEXIST') return fillLockFile(folder);
    rmSync(path, { force: true });
    throw noLockFile(folder, code ?? 'unknown');
  }
}

/**
 * Gives a lock file the blocks that it lacks: those that LMDB made itself have none. Others may be using it, so that nothing
 * can be written into it; the system's `fallocate`, in a process of its own, changes neither its bytes nor its locks.
 * Where there is none, or the file system has no such call, the file stays as it is.
 */
function fillLockFile(folder: string): void {
  const path = lockFile(folder);
  const { blocks, size } = statSync(path);
  const wanted = Math.max(size, LOCK_BYTES);
  if (process.platform === 'win32' || blocks * BLOCK_BYTES >= wanted) return;
  const env = { ...process.env, LC_ALL: 'C' };
  const { error, stderr, signal } = spawnSync('fallocate', ['-l', String(wanted), path], { env, encoding: 'utf8' });
  if (error) return; // It is not there.
  const said = signal === 'SIGXFSZ' ? NO_ROOM.EFBIG : stderr;
  const found = Object.entries(NO_ROOM).find(([, words]) => said.includes(words));
  if (found) throw noLockFile(folder, found[0]);
}

/** What there is no room for, in the words of `fallocate`. */
const NO_ROOM = { ENOSPC: 'No space left', EDQUOT: 'quota exceeded', EFBIG: 'File too large' };

function noLockFile(folder: string, reason: string): EmbeddedMongoError {
  return new EmbeddedMongoError(
    `The folder ${folder} cannot be written (${reason}), and its data need a lock file there. Make room, or give this user write access to it.`,
  );
}

/** Waits until a file, or the names in a folder, are on disk. */
export function syncPath(path: string): void {
  if (process.platform === 'win32') return; // Folders cannot be opened there, and files only to be written.
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The process that has a data folder open. */
export interface Holder {
  pid: number;
  /** When the process started, as the system tells; empty where it does not. Tells a reused pid apart. */
  started: string;
}

/** This process, as a holder. */
export function thisProcess(): Holder {
  return { pid: process.pid, started: startOf(process.pid) };
}

/** Whether a holder still runs, and is not this process. */
export function isAliveElsewhere(holder: Holder): boolean {
  return holder.pid !== process.pid && isRunning(holder);
}

/** Whether a holder still runs. */
export function isRunning(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it runs, as another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return holder.started === '' || holder.started === startOf(holder.pid);
}

function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    // The command's name stands in brackets and may hold spaces; the 20th field after it is the start in ticks.
    return `${boot}:${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`;
  } catch {
    return '';
  }
}
