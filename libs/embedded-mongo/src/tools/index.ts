/**
 * What is done with a whole installation: backup, restore, check, and moving between servers. Exports and imports are given
 * a connected client, so that this package needs no driver.
 */
export { EmbeddedMongoError } from '../errors.js';
export { backup, type BackupNote, type BackupOptions } from './backup.js';
export { check, type CheckOptions, type CheckReport, type Disagreement } from './check.js';
export { exportTo, type Exported, type ExportOptions } from './export.js';
export { holderOf, snapshotOf } from './folder-state.js';
export { archiveIn, importFrom, type Imported, type ImportOptions } from './import.js';
export { leftoversIn } from './leftovers.js';
export { type Preparing, type Progress } from './progress.js';
export { restore, type Restored, type RestoreOptions } from './restore.js';
