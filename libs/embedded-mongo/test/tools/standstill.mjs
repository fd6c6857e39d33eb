// Preloaded by the tests into a script of the repository: whatever it reads back stands still, which it says once.
import fs, { promises } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { Readable } from 'node:stream';
import { setInterval } from 'node:timers';
import { isMainThread } from 'node:worker_threads';

const stand = () => {
  process.stdout.write('here\n');
  setInterval(() => undefined, 60_000);
  return new Readable({ read: () => undefined });
};

if (isMainThread) {
  const file = await promises.open('/dev/null');
  Object.getPrototypeOf(file).createReadStream = stand;
  await file.close();
  fs.createReadStream = stand;
  syncBuiltinESMExports();
}
