import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** How folders are called in which a backup, a restore or an export prepares what it will put in place. */
const PREPARING = /^\.(.+\.partial|restore|snapshot)-[A-Za-z0-9]{6}$/;

/** Folders that tools which broke off have left in a folder, as large as the data; one that still runs needs its own. */
export function leftoversIn(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return []; // Who reads or writes there says why not.
  }
  return names
    .filter((name) => PREPARING.test(name))
    .sort()
    .map((name) => join(folder, name));
}
