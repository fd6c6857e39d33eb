import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { afterEach, beforeEach } from 'vitest';

type Sync = (file: number) => void;

/**
 * For each test, what files would hold if the power failed now: what they held when they were last synced. A process that is
 * killed proves nothing of that, for the system still has what it wrote. What LMDB writes and syncs by itself is not seen.
 */
export function powerForTest(): { heldBy(path: string): Buffer } {
  const held = new Map<number, Buffer>();
  const { fsyncSync, fdatasyncSync } = fs;
  const noting =
    (sync: Sync): Sync =>
    (file) => {
      sync(file);
      const state = fs.fstatSync(file);
      if (state.isFile()) held.set(state.ino, fs.readFileSync(`/proc/self/fd/${file}`));
    };
  const use = (functions: Record<'fsyncSync' | 'fdatasyncSync', Sync>): void => {
    Object.assign(fs, functions);
    syncBuiltinESMExports();
  };
  beforeEach(() => use({ fsyncSync: noting(fsyncSync), fdatasyncSync: noting(fdatasyncSync) }));
  afterEach(() => {
    use({ fsyncSync, fdatasyncSync });
    held.clear();
  });
  return {
    heldBy(path) {
      const bytes = held.get(fs.statSync(path).ino);
      if (!bytes) throw new Error(`${path} was never synced.`);
      return bytes;
    },
  };
}
