import { ensureBuilt, ensureInstalled, main, root } from './workspace.mjs';

/**
 * `npm start`: from a fresh clone to a running Parlance. The server runs in this very process, so that whoever
 * signals it reaches it, and nothing is left behind on the port.
 */
await main(async () => {
  await ensureInstalled();
  await ensureBuilt();
  await import(`${root}/api/dist/main.js`);
});
