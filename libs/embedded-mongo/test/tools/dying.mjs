// Preloaded by the tests into a process of its own, which kills itself in the midst of the nth step (of `DIE_AT`) in which it
// changes a file below the folder of `DIE_WITHIN`: half of what it writes is there then.
import fs, { promises } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { DIE_AT, DIE_WITHIN } = process.env;
let steps = 0;
const isLast = () => ++steps === Number(DIE_AT);
const die = () => process.kill(process.pid, 'SIGKILL');
const within = (path) => typeof path === 'string' && path.startsWith(DIE_WITHIN);

for (const name of ['renameSync', 'rmSync', 'mkdirSync']) {
  const real = fs[name];
  fs[name] = (path, ...rest) => {
    if (within(path) && isLast()) die();
    return real(path, ...rest);
  };
}
const { writeFileSync } = fs;
fs.writeFileSync = (path, data, options) => {
  if (within(path) && isLast()) {
    writeFileSync(path, data.slice(0, data.length >> 1), options);
    die();
  }
  return writeFileSync(path, data, options);
};
const file = await promises.open('/dev/null');
const handles = Object.getPrototypeOf(file);
await file.close();
const { appendFile } = handles;
handles.appendFile = async function (data) {
  if (isLast()) {
    await appendFile.call(this, data.subarray(0, data.length >> 1));
    die();
  }
  return appendFile.call(this, data);
};
for (const name of ['truncate', 'sync']) {
  const real = handles[name];
  handles[name] = function (...given) {
    if (isLast()) die();
    return real.apply(this, given);
  };
}
syncBuiltinESMExports();
