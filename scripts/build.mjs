import { ensureBuilt, ensureInstalled, main } from './workspace.mjs';

/** `npm run build`: everything that `npm start` would build, without starting it. */
await main(async () => {
  await ensureInstalled();
  await ensureBuilt();
});
