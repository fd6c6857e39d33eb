// Started by the durability tests as a process of its own: inserts without end and prints what has been answered.
import mongoose from 'mongoose';
import { startEmbeddedMongo } from '../dist/index.js';

const server = await startEmbeddedMongo({ dataDir: process.argv[2] });
const client = await new mongoose.mongo.MongoClient(server.uri, { maxPoolSize: 16 }).connect();
const collection = client.db('tests').collection('crash');
await collection.createIndexes([{ key: { n: 1 }, unique: true }, { key: { tags: 1, n: -1 } }]);
const start = Number(process.argv[3]);
process.stdout.write('ready\n');
let n = start;
await Promise.all(
  Array.from({ length: 16 }, async () => {
    for (;;) {
      const own = n++;
      await collection.insertOne({ n: own, tags: [`t${own % 7}`, 'all'] });
      if (own % 3 === 0) await collection.updateOne({ n: own }, { $set: { tags: ['changed'] } });
      process.stdout.write(`${own}\n`);
    }
  }),
);
