// Started by the tests as a process of its own: writes numbers in turn into two collections, one after the other is
// answered, and prints the last number that stands in both. Beside it others write under an index of arrays.
import mongoose from 'mongoose';
import { startEmbeddedMongo } from '../../dist/index.js';

const server = await startEmbeddedMongo({ dataDir: process.argv[2] });
const client = await new mongoose.mongo.MongoClient(server.uri).connect();
const db = client.db('tests');
await db.collection('noise').createIndex({ tags: 1, n: -1 });
const text = 'x'.repeat(1000);
let n = 0;
const noise = async () => {
  for (let i = 0; ; i++) {
    await db.collection('noise').insertOne({ _id: i, n: i % 10, tags: [`t${i % 7}`, 'all'], text });
    if (i >= 200) await db.collection('noise').deleteOne({ _id: i - 200 });
  }
};
const sequence = async () => {
  for (; ; n++) {
    await db.collection('first').insertOne({ _id: n });
    await db.collection('second').insertOne({ _id: n });
    process.stdout.write(`${n}\n`);
  }
};
await Promise.all([noise(), sequence()]);
