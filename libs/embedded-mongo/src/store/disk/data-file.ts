import { closeSync, existsSync, fstatSync, openSync, statSync } from 'node:fs';
import { decode } from '../../document.js';
import { EmbeddedMongoError } from '../../errors.js';
import { dataFile, isRunning, journalFile, type Holder } from './folder.js';
import { Journal } from './journal.js';
import { isIntact } from './seal.js';
import { DamagedPage, ForeignFile, LmdbPages, type Meta, type Tree } from './lmdb-pages.js';

/** The table that says who holds the file, and its key there. */
export const SETTINGS = 'settings';
export const HOLDER_KEY = Buffer.from('holder');
/** Tables with values of more than a page, which have a checksum. */
const SEALED = new Set(['documents', 'catalogue', 'retries']);

/**
 * Refuses a data file that LMDB did not write, or of which pages in use are cut off or overwritten, before anything maps
 * it: LMDB trusts its pages, a map of a torn file ends the process, and opening a foreign one would overwrite it.
 *
 * Every page of every tree is read once at each opening, which takes less than a second for a gigabyte in memory. What
 * is not noticed: bytes changed within a page whose bounds still hold.
 * @throws EmbeddedMongoError
 */
export function checkDataFile(folder: string): void {
  const path = dataFile(folder);
  const journal = journalFile(folder);
  if (!(statSync(path, { throwIfNoEntry: false })?.size ?? 0) && existsSync(journal) && Journal.isInUse(journal)) {
    throw new EmbeddedMongoError(
      `${path} is damaged: it is missing or empty, and ${journal} goes on from what it had. Nothing was changed; put it back, or move the journal away as well.`,
    );
  }
  if (!existsSync(path)) return;
  const file = openSync(path, 'r');
  try {
    if (fstatSync(file).size > 0) check(new LmdbPages(file));
  } catch (error) {
    if (error instanceof ForeignFile) {
      throw new EmbeddedMongoError(`${path} was not written by Parlance's embedded store. It was left as it is.`);
    }
    if (!(error instanceof DamagedPage)) throw error;
    throw new EmbeddedMongoError(
      `${path} is damaged: part of what it says it holds is cut off or overwritten. It was left as it is; restore it from a backup.`,
    );
  } finally {
    closeSync(file);
  }
}

function check(pages: LmdbPages): void {
  for (let meta = pages.readMeta(); ;) {
    const read: Reading = { holder: undefined };
    try {
      return checkState(pages, meta, read);
    } catch (error) {
      const now = pages.readMeta();
      // Nothing of a state is overwritten before another follows it.
      if (now.transaction === meta.transaction) throw error;
      // A process is writing, for which what is read changes underneath: its file is not damaged.
      if (read.holder && isRunning(read.holder)) return;
      meta = now;
    }
  }
}

/** What is known of a state once so much of it has been read. */
interface Reading {
  holder: Holder | undefined;
}

function checkState(pages: LmdbPages, meta: Meta, read: Reading): void {
  const tables = new Map<string, Tree | undefined>();
  pages.walk(meta.main, ({ key, table }) => tables.set(nameOf(key), table));
  const settings = tables.get(SETTINGS);
  read.holder = settings && holderIn(pages, settings);
  pages.walk(meta.free);
  for (const [name, tree] of tables) if (tree) pages.walk(tree, undefined, SEALED.has(name) ? isIntact : undefined);
}

function holderIn(pages: LmdbPages, settings: Tree): Holder | undefined {
  let holder: Holder | undefined;
  pages.walk(settings, ({ key, value }) => {
    if (value && key.equals(HOLDER_KEY)) holder = holderOf(value);
  });
  return holder;
}

function holderOf(value: Buffer): Holder {
  try {
    return decode(value) as unknown as Holder;
  } catch {
    throw new DamagedPage();
  }
}

function nameOf(key: Buffer): string {
  return key.toString().replace(/\0$/, '');
}
