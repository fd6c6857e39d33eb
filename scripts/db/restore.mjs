import {
  breakable,
  command,
  count,
  dataFolder,
  progress,
  say,
  sayDisagreement,
  sayLeftovers,
  typedPath,
} from './command.mjs';

const help = `
npm run db:restore -- <backup> [--data-dir DIR] [--replace]

Checks a backup of the embedded store and puts it into the data folder, in one step. The server must be stopped.

  --data-dir DIR  the data folder; without it the one of DATA_DIR
  --replace       move data that is there aside, into a folder beside it; nothing is deleted
`;

await command({
  help,
  operands: 1,
  options: { 'data-dir': { type: 'string' }, replace: { type: 'boolean' } },
  run: async ({ values, positionals: [folder], restore, leftoversIn }) => {
    const dataDir = dataFolder(values);
    const { replace } = values;
    const backup = typedPath(folder);
    const preparing = breakable(`Nothing was changed in ${dataDir}.`);
    const shown = { progress, preparing, onDisagreement: sayDisagreement };
    const { report, movedTo } = await restore({ backup, dataDir, replace, ...shown });
    if (movedTo) say(`What was there is in ${movedTo}`);
    say(
      `Restored into ${dataDir}: ${count(report.documents, 'document')} in ${count(report.collections, 'collection')}`,
    );
    sayLeftovers(leftoversIn(dataDir));
  },
});
