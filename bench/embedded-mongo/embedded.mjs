import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import mongoose from 'mongoose';
import { serverNode } from '../../scripts/server-node.mjs';
import { embeddedFrames } from './embedded-frames.mjs';

const script = fileURLToPath(new URL('./server.mjs', import.meta.url));
const { MongoClient } = mongoose.mongo;

/** Starts the embedded store on a folder; the seconds are those until it answers a first command. */
export async function startEmbedded(folder, connections = 64) {
  const began = performance.now();
  const child = spawn(process.execPath, [...serverNode.args, script, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...serverNode.env },
  });
  const [uri] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    once(child, 'exit').then(() => Promise.reject(new Error('the embedded store did not start'))),
  ]);
  const client = await new MongoClient(uri, { maxPoolSize: connections }).connect();
  await client.db('bench').command({ ping: 1 });
  const seconds = (performance.now() - began) / 1000;
  return {
    name: 'embedded',
    pid: child.pid,
    seconds,
    db: client.db('bench'),
    ...operations(client.db('bench')),
    frames: embeddedFrames(uri),
    async stop() {
      await client.close();
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

function operations(db) {
  const by = { conversationId: 1, seq: 1 };
  return {
    async prepare(name) {
      await db.collection(name).createIndexes([
        { key: by, unique: true },
        { key: { senderId: 1, clientId: 1 }, unique: true },
      ]);
    },
    settle: () => Promise.resolve(),
    insert: (name, doc) => db.collection(name).insertOne(doc),
    insertMany: (name, docs) => db.collection(name).insertMany(docs),
    read: (name, _id) => db.collection(name).findOne({ _id }),
    update: (name, _id, body) => db.collection(name).updateOne({ _id }, { $set: { body } }),
    page: (name, conversationId, before) =>
      db
        .collection(name)
        .find(
          { conversationId, seq: { $lt: before } },
          { sort: { seq: -1 }, limit: 50, batchSize: 50, singleBatch: true },
        )
        .toArray(),
  };
}
