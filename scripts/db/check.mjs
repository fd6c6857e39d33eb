import { command, count, dataFolder, progress, say, sayDisagreement, sayLeftovers } from './command.mjs';

const help = `
npm run db:check [-- --data-dir DIR]

Reads the whole embedded store and holds documents, index entries and counts against each other. Changes nothing; the
server may run meanwhile. Ends with exit code 1 when something does not agree.

  --data-dir DIR  the data folder, or the folder of a backup; without it the one of DATA_DIR
`;

await command({
  help,
  options: { 'data-dir': { type: 'string' } },
  run: async ({ values, check, leftoversIn }) => {
    const dataDir = dataFolder(values);
    const report = await check({ dataDir, progress, onDisagreement: sayDisagreement });
    for (const line of report.notes) say(`Note: ${line}`);
    if (report.holder) say(`Process ${report.holder} holds the folder; this is its state at one moment.`);
    say(
      `${count(report.collections, 'collection')} and ${count(report.views, 'view')}, ` +
        `${count(report.documents, 'document')}, ${count(report.indexes, 'index', 'indexes')} with ` +
        `${count(report.entries, 'entry', 'entries')}: ${count(report.disagreements, 'disagreement')}`,
    );
    sayLeftovers(leftoversIn(dataDir));
    if (report.disagreements > 0) process.exitCode = 1;
  },
});
