// Started by the crash tests as a process of its own: writes without end, or until it has made so many documents, and
// prints the number of each answered document. Texts can be so many times as long, so that the journal fills.
import mongoose from 'mongoose';
import { startEmbeddedMongo } from '../../dist/index.js';

const [, , dataDir, first, count = Infinity, times = 1] = process.argv;
process.stdout.write('starting\n');
const server = await startEmbeddedMongo({ dataDir });
const client = await new mongoose.mongo.MongoClient(server.uri, { maxPoolSize: 16 }).connect();
const collection = client.db('tests').collection('crash');
await collection.createIndexes([
  { key: { n: 1 }, unique: true },
  { key: { tags: 1, n: -1 } },
  { key: { state: 1 }, partialFilterExpression: { state: 'changed' } },
]);
let next = Number(first);
process.stdout.write('ready\n');
await Promise.all(
  Array.from({ length: 16 }, async () => {
    for (;;) {
      const n = next++;
      // Some are too large for a page with others and are stored on one of their own, or on several.
      const text = String(n).padEnd(times * (n % 11 === 0 ? 3000 : n % 13 === 0 ? 20_000 : 50), '.');
      await collection.insertOne({ n, state: 'new', tags: [`t${n % 7}`, 'all'], text });
      if (n % 3 === 0) await collection.updateOne({ n }, { $set: { state: 'changed', tags: ['changed'] } });
      if (n % 5 === 0) await collection.deleteOne({ n });
      process.stdout.write(`${n}\n`);
      if (next - Number(first) >= count) process.kill(process.pid, 'SIGKILL');
    }
  }),
);
