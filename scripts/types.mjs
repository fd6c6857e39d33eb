import { ensureBuilt, ensureInstalled, main, run } from './workspace.mjs';

/** `npm run types`: every TypeScript project, tests included. The client's templates are checked by its build. */
const projects = [
  'api/tsconfig.json',
  'libs/embedded-mongo/tsconfig.spec.json',
  'e2e/tsconfig.json',
  'test/faults/tsconfig.json',
];

await main(async () => {
  await ensureInstalled();
  await ensureBuilt(['contracts', 'embedded-mongo', 'web']);
  for (const project of projects) await run('node_modules/.bin/tsc', ['--noEmit', '-p', project]);
});
