import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  breakable,
  command,
  count,
  dataFolder,
  progress,
  say,
  sayLeftovers,
  typedPath,
  withClient,
} from './command.mjs';

const help = `
npm run db:export -- <folder> [--uri URI | --data-dir DIR]

Writes all collections into an archive: for each a .bson file, as mongodump writes it, and a .metadata.json file. Run
again into the same folder, it goes on where it broke off, within a collection as well.

  --uri URI       a MongoDB; a database named in it is exported alone. Without it the embedded store, which may be in use:
                  a copy of one moment is then made beside the archive, exported and removed
  --data-dir DIR  the data folder of the embedded store; without it the one of DATA_DIR
`;

await command({
  help,
  operands: 1,
  options: { uri: { type: 'string' }, 'data-dir': { type: 'string' } },
  run: async ({ values, positionals, ...library }) => {
    const folder = typedPath(positionals[0]);
    const preparing = breakable(`The archive is not finished: export again into ${folder} to go on from where it was.`);
    const exportFrom = (uri) => withClient(uri, (client) => library.exportTo({ client, uri, folder, progress }));
    const { collections, views, documents, kept, resumed, notes } = values.uri
      ? await exportFrom(values.uri)
      : await fromEmbedded(dataFolder(values), dirname(folder), { ...library, preparing }, exportFrom);
    preparing(undefined);
    for (const note of notes) say(`Note: ${note}`);
    const same = kept > 0 ? `; ${count(kept, 'collection was', 'collections were')} complete already` : '';
    const begun = resumed > 0 ? `; went on behind ${count(resumed, 'document')}` : '';
    say(
      `Archive in ${folder}: ${count(documents, 'document')} in ${count(collections, 'collection')} and ` +
        `${count(views, 'view')}, read back and compared${same}${begun}`,
    );
    sayLeftovers(library.leftoversIn(dirname(folder)));
  },
});

/** Serves the store, or a copy of it while another process holds it, for as long as it is exported. */
async function fromEmbedded(dataDir, beside, { holderOf, snapshotOf, startEmbeddedMongo, preparing }, exportFrom) {
  const copy = (await holderOf(dataDir)) === undefined ? undefined : await snapshotOf(dataDir, beside, preparing);
  try {
    const server = await startEmbeddedMongo({ dataDir: copy ?? dataDir });
    try {
      return await exportFrom(server.uri);
    } finally {
      await server.close();
    }
  } finally {
    if (copy !== undefined) rmSync(copy, { recursive: true, force: true });
  }
}
