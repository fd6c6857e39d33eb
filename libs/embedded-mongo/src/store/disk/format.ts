import { SETTINGS } from './data-file.js';
import { dataFile } from './folder.js';
import type { DataRoot } from './lmdb-file.js';
import type { Settings } from './settings.js';

/** The version of the data file's layout; it changes whenever an older program would misread the file. */
export const FORMAT_VERSION = 3;
/** Format 1 had no checksums behind long documents, format 2 no journal; both are otherwise the same. */
const OLDEST_FORMAT = 1;

/** The tables, in the order of the numbers that they have in journals. */
export const TABLES = ['catalogue', 'documents', 'entries', 'retries', 'texts'] as const;

/** Why this version cannot read a data file, in plain words; undefined when it can. */
export function formatRefusal({ format }: Settings, folder: string): string | undefined {
  if (format === undefined) return foreign(folder);
  if (format >= OLDEST_FORMAT && format <= FORMAT_VERSION) return undefined;
  return `The data in ${folder} has format ${format}; this version reads formats ${OLDEST_FORMAT} to ${FORMAT_VERSION}. It was left as it is.`;
}

/** Whether there is anything in a file without a format that is not ours. */
export function hasForeignTables(root: DataRoot): boolean {
  const own = new Set<string>([SETTINGS, ...TABLES]);
  for (const key of root.getKeys({})) if (!own.has(key.toString().replace(/\0$/, ''))) return true;
  return false;
}

/** The refusal of a file that somebody else wrote. */
export function foreign(folder: string): string {
  return `${dataFile(folder)} was not written by Parlance's embedded store. It was left as it is.`;
}
