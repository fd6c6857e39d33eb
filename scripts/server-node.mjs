import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './workspace.mjs';

/**
 * How `npm start` runs Node, for whatever else starts a server and must not differ from it. A process cannot give itself
 * either: the size of the thread pool is read before the first line of JavaScript, the size of the young generation before
 * the heap is made.
 */
function settingsOfStart() {
  const { start } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts;
  const [, env, args] = /^exec env (.+) node (.+) \S+$/.exec(start);
  return { env: Object.fromEntries(env.split(' ').map((one) => one.split('='))), args: args.split(' ') };
}

export const serverNode = settingsOfStart();
