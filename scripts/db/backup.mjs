import { dirname } from 'node:path';
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
npm run db:backup -- <folder> [--data-dir DIR]

Copies the embedded store, as it is at one moment, into a new folder and checks the copy. The server may run meanwhile.

  --data-dir DIR  the data folder; without it the one of DATA_DIR

secrets.json is not copied: keep it, or the secrets that you set, in another place than the data.
`;

await command({
  help,
  operands: 1,
  options: { 'data-dir': { type: 'string' } },
  run: async ({ values, positionals: [folder], backup, leftoversIn }) => {
    const target = typedPath(folder);
    const dataDir = dataFolder(values);
    const preparing = breakable(`There is no backup in ${target}: what was begun of it has been removed.`);
    const { note, report } = await backup({ dataDir, target, progress, preparing, onDisagreement: sayDisagreement });
    for (const line of report.notes) say(`Note: ${line}`);
    say(
      `Backup in ${target}: ${count(note.documents, 'document')} in ${count(note.collections, 'collection')}, ` +
        `${count(note.bytes, 'byte')}, SHA-256 ${note.sha256}`,
    );
    sayLeftovers(leftoversIn(dirname(target)));
    if (note.disagreements === 0) return;
    say(`The copy is as the data are, but they are not in order: ${count(note.disagreements, 'disagreement')}.`);
    process.exitCode = 1;
  },
});
