// Started by the durability tests as a process of its own, whose files may grow to a limit: inserts until that fails,
// tells so, and tries once more for each line that it is given.
import { execFileSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import mongoose from 'mongoose';
import { startEmbeddedMongo } from '../dist/index.js';

const server = await startEmbeddedMongo({ dataDir: process.argv[2] });
const client = await new mongoose.mongo.MongoClient(server.uri).connect();
const collection = client.db('tests').collection('full');
await collection.createIndex({ text: 1 });
let n = 0;
const insert = async () => {
  try {
    await collection.insertOne({ _id: n, text: `${n} ${'x'.repeat(5000)}` });
    n++;
    return undefined;
  } catch (error) {
    return { code: error.code, message: error.message };
  }
};
const tell = async (error) => {
  const byIndex = await collection.find({}, { hint: 'text_1' }).toArray();
  process.stdout.write(
    `${JSON.stringify({ n, error, stored: await collection.countDocuments({}), indexed: byIndex.length })}\n`,
  );
};
execFileSync('prlimit', ['--pid', String(process.pid), '--fsize=3000000:unlimited']);
let failure;
while (!failure) failure = await insert();
await tell(failure);
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'end') break;
  await tell(await insert());
}
await client.close();
await server.close();
process.exit(0);
