// Started by the tests of ended builds as a process of its own: kills itself in the midst of the making of indexes, or of
// the clearing of a collection that was dropped, once others have been answered beside it; or when the indexes are made.
import mongoose from 'mongoose';
import { startEmbeddedMongo } from '../dist/index.js';

const [folder, what] = process.argv.slice(2);
const server = await startEmbeddedMongo({ dataDir: folder });
const client = await new mongoose.mongo.MongoClient(server.uri).connect();
const db = client.db('tests');
const [items, kept] = [db.collection('items'), db.collection('kept')];
await kept.createIndex({ n: 1 });
if (what === 'build' || what === 'made') {
  await items.insertMany(Array.from({ length: 20_000 }, (_, n) => ({ _id: n, n, name: `Name ${n}` })));
  const indexes = [
    { key: { n: 1 }, name: 'n', unique: true },
    { key: { name: 1 }, name: 'name', collation: { locale: 'en', strength: 2 } },
  ];
  const made = items
    .createIndexes(indexes)
    .then(() => process.kill(process.pid, what === 'made' ? 'SIGKILL' : 'SIGTERM'));
  if (what === 'made') await made;
  for (let builds = []; builds.length === 0;) ({ indexBuilds: builds } = await db.command({ collStats: 'items' }));
} else {
  const tags = Array.from({ length: 40 }, (_, n) => `tag ${n}`);
  await items.createIndex({ tags: 1 });
  await items.insertMany(Array.from({ length: 10_000 }, (_, n) => ({ _id: n, tags })));
  await items.drop();
}
// With what is written beside it, a part of it comes to be on disk.
for (let n = 0; n < 3; n++) await kept.insertOne({ _id: n, n });
process.kill(process.pid, 'SIGKILL');
