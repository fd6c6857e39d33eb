// Started by the durability tests as a process of its own: writes more than its data file may grow by, so that the next
// checkpoint fails, puts the journal out of reach and tells what becomes of the server.
import { execFileSync } from 'node:child_process';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { startEmbeddedMongo } from '../dist/index.js';

const folder = process.argv[2];
const journal = join(folder, 'data.journal');
let onExit;
const ended = new Promise((resolve) => (onExit = resolve));
const server = await startEmbeddedMongo({ dataDir: folder, onExit });
const client = await new mongoose.mongo.MongoClient(server.uri, { serverSelectionTimeoutMS: 500 }).connect();
const collection = client.db('tests').collection('kept');
await collection.insertOne({ _id: 'first' });
execFileSync('prlimit', ['--pid', String(process.pid), '--fsize=500000:unlimited']);
// Each takes two pages of the data file, and little more than itself of the journal.
for (let n = 0; n < 80; n++) await collection.insertOne({ text: 'x'.repeat(5000) });
renameSync(journal, `${journal}.away`);
const { message } = await ended;
renameSync(`${journal}.away`, journal);
process.stdout.write(`${JSON.stringify({ message })}\n`);
process.exit(0);
