// Started by the tests of ended builds as a process of its own, whose files may grow to a limit: makes an index that goes
// beyond it, tells what came of it, and makes it once more when there is room.
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { startEmbeddedMongo } from '../dist/index.js';

const [folder] = process.argv.slice(2);
const server = await startEmbeddedMongo({ dataDir: folder });
const client = await new mongoose.mongo.MongoClient(server.uri).connect();
const items = client.db('tests').collection('items');
// Its entries are more than the journal holds.
await items.insertMany(Array.from({ length: 25_000 }, (_, n) => ({ _id: n, text: `${n} ${'x'.repeat(800)}` })));
const limit = (bytes) => execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:unlimited`]);
const names = async () => (await items.indexes()).map(({ name }) => name);
// A cursor has a checkpoint made: all of them are in the data file.
const cursor = items.find().batchSize(2);
await cursor.next();
await cursor.close();
limit(statSync(join(folder, 'data.mdb')).size + 500_000);
const code = await items.createIndex({ text: 1 }).then(
  () => 0,
  (error) => error.code,
);
const left = await names();
limit('unlimited');
await items.createIndex({ text: 1 });
const found = (await items.find({}, { hint: 'text_1' }).toArray()).length;
process.stdout.write(JSON.stringify({ code, left, found, made: await names() }));
await client.close();
await server.close();
process.exit(0);
