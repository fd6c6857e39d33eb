import { closeSync, existsSync, fstatSync, openSync } from 'node:fs';
import { decode } from '../document.js';
import { EmbeddedMongoError } from '../errors.js';
import { dataFile, isAliveElsewhere, type Holder } from './folder.js';
import { DamagedPage, ForeignFile, LmdbPages, type Meta, type Tree } from './lmdb-pages.js';

/** The table that says who holds the file, and its key there. */
export const SETTINGS = 'settings';
export const HOLDER_KEY = Buffer.from('holder');

/**
 * Refuses a data file that LMDB did not write, or of which pages in use are cut off or overwritten, before anything maps
 * it: LMDB trusts its pages, a map of a torn file ends the process, and opening a foreign one would overwrite it.
 *
 * Every page of every tree is read once at each opening, which takes less than a second for a gigabyte in memory. What
 * is not noticed: bytes changed within a page whose bounds still hold, and within values of more than one page.
 * @throws EmbeddedMongoError
 */
export function checkDataFile(folder: string): void {
  const path = dataFile(folder);
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
    try {
      return checkState(pages, meta);
    } catch (error) {
      // Another process may be writing: what a state held is overwritten two transactions later.
      const now = pages.readMeta();
      if (now.transaction === meta.transaction) throw error;
      meta = now;
    }
  }
}

function checkState(pages: LmdbPages, meta: Meta): void {
  const tables = new Map<string, Tree | undefined>();
  pages.walk(meta.main, ({ key, table }) => tables.set(nameOf(key), table));
  const settings = tables.get(SETTINGS);
  const holder = settings && holderIn(pages, settings);
  // That it is in use is told by whoever opens it, under LMDB's lock.
  if (holder && isAliveElsewhere(holder)) return;
  for (const tree of [meta.free, ...tables.values()]) if (tree) pages.walk(tree);
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
