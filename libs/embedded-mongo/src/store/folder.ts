import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  accessSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
} from 'node:fs';
import { join } from 'node:path';
import { EmbeddedMongoError } from '../errors.js';

const LMDB_MAGIC = 0xbeefc0de;
const PAGE_HEADER_BYTES = 16;
/** Where LMDB's meta page keeps what is checked here; offsets from its start. */
const META = { magic: 0, pageSize: 24, lastPage: 120, bytes: 136 } as const;

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

/** Path of the data file in a data folder. */
export function dataFile(folder: string): string {
  return join(folder, 'data.mdb');
}

/**
 * Refuses a data file that LMDB did not write or that is shorter than its last page, before anything maps it: a map of
 * a torn file ends the process, and opening a foreign one would overwrite it.
 */
export function checkDataFile(folder: string): void {
  const path = dataFile(folder);
  if (!existsSync(path)) return;
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    if (size === 0) return;
    const meta = Buffer.alloc(META.bytes);
    const read = readSync(file, meta, 0, META.bytes, PAGE_HEADER_BYTES);
    if (read < META.bytes || meta.readUInt32LE(META.magic) !== LMDB_MAGIC) throw foreign(path);
    const pageSize = meta.readUInt32LE(META.pageSize);
    const second = Buffer.alloc(META.bytes);
    readSync(file, second, 0, META.bytes, pageSize + PAGE_HEADER_BYTES);
    if (second.readUInt32LE(META.magic) !== LMDB_MAGIC) throw torn(path);
    const lastPage = Math.max(...[meta, second].map((page) => Number(page.readBigUInt64LE(META.lastPage))));
    if (size < (lastPage + 1) * pageSize) throw torn(path);
  } finally {
    closeSync(file);
  }
}

/** LMDB would make its files readable by others: they are made, empty, before it opens them. */
export function keepPrivate(folder: string): void {
  for (const path of [dataFile(folder), `${dataFile(folder)}-lock`]) {
    closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
  }
}

function foreign(path: string): EmbeddedMongoError {
  return new EmbeddedMongoError(`${path} was not written by Parlance's embedded store. It was left as it is.`);
}

function torn(path: string): EmbeddedMongoError {
  return new EmbeddedMongoError(
    `${path} is damaged: it is shorter than what it says it holds. It was left as it is; restore it from a backup.`,
  );
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
  if (holder.pid === process.pid) return false;
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
