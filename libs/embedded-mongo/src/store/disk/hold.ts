import { existsSync } from 'node:fs';
import { EmbeddedMongoError } from '../../errors.js';
import { dataFile, isAliveElsewhere, journalFile } from './folder.js';
import { Journal, type JournalRecord } from './journal.js';
import type { Settings } from './settings.js';

/** @throws EmbeddedMongoError when another process that runs has the folder */
export function refuseOthers({ lastHolder }: Settings, folder: string): void {
  if (!lastHolder || !isAliveElsewhere(lastHolder)) return;
  throw new EmbeddedMongoError(
    `The data folder ${folder} is in use by process ${lastHolder.pid}. Stop that process first, or choose another folder.`,
  );
}

/**
 * What a process that was killed had written into the journal only.
 * @throws EmbeddedMongoError when the journal is missing or damaged
 */
export function recordsLeft({ checkpoint }: Settings, folder: string): JournalRecord[] {
  if (checkpoint === undefined) return [];
  const path = journalFile(folder);
  if (existsSync(path)) return Journal.read(path, checkpoint);
  throw new EmbeddedMongoError(
    `${path} is missing: the data was not closed in order, and its last second stands there. Put it back; or, if it is lost, take the data as they are without it by restoring from a copy of ${dataFile(folder)}.`,
  );
}
