// Started by the durability tests as a process of its own: ends by itself while it writes, without closing its server. It
// tells each write that was answered.
import { setImmediate } from 'node:timers';
import mongoose from 'mongoose';
import { startEmbeddedMongo } from '../dist/index.js';

const [folder, how] = process.argv.slice(2);
const server = await startEmbeddedMongo({ dataDir: folder });
const client = await new mongoose.mongo.MongoClient(server.uri).connect();
const collection = client.db('tests').collection('kept');
let answered = 0;
const end = () => {
  if (how === 'exit') process.exit(3);
  throw new Error('This process has a fault.');
};
async function write() {
  for (;;) {
    await collection.insertOne({ text: 'x' });
    process.stdout.write('answered\n');
    if (++answered === 200) setImmediate(end);
  }
}
await Promise.all(Array.from({ length: 8 }, write));
