import { breakable, command, count, dataFolder, progress, say, typedPath, withClient } from './command.mjs';

const help = `
npm run db:import -- <folder> [--uri URI | --data-dir DIR] [--replace]

Writes an archive of db:export into a MongoDB or into the embedded store, and compares what arrived. Run again, it goes on
where it broke off. Collections that have documents of another origin are a reason to refuse.

  --uri URI       a MongoDB; a database named in it takes the place of the archive's. Without it the embedded store, which
                  must not be in use
  --data-dir DIR  the data folder of the embedded store; without it the one of DATA_DIR
  --replace       drop collections of the same names that have documents of another origin
`;

await command({
  help,
  operands: 1,
  options: { uri: { type: 'string' }, 'data-dir': { type: 'string' }, replace: { type: 'boolean' } },
  run: async ({ values, positionals, archiveIn, importFrom, startEmbeddedMongo }) => {
    const folder = typedPath(positionals[0]);
    const { replace } = values;
    archiveIn(folder); // Before a store is made, or made ready, for it.
    const finished = breakable('The import is not finished: import again to go on from where it was.');
    const importInto = (uri) => withClient(uri, (client) => importFrom({ client, uri, folder, replace, progress }));
    const { collections, views, documents, found, expired } = values.uri
      ? await importInto(values.uri)
      : await intoEmbedded(startEmbeddedMongo, dataFolder(values), importInto);
    finished(undefined);
    const before = found > 0 ? `; ${found.toLocaleString('en')} of them were there` : '';
    const gone = expired > 0 ? `; ${expired.toLocaleString('en')} of them have expired` : '';
    say(
      `Imported ${count(documents, 'document')} in ${count(collections, 'collection')} and ${count(views, 'view')}, ` +
        `read back and compared${before}${gone}`,
    );
  },
});

async function intoEmbedded(startEmbeddedMongo, dataDir, importInto) {
  const server = await startEmbeddedMongo({ dataDir });
  try {
    return await importInto(server.uri);
  } finally {
    await server.close();
  }
}
