import mongoose from 'mongoose';
import { Line } from './lines.mjs';

const { BSON } = mongoose.mongo;
const HEADER = 16;
const OP_MSG = 2013;

/** The requests of the bench as MongoDB's driver sends them: OP_MSG, documents to insert as a sequence, with a session. */
export function embeddedFrames(uri) {
  const path = decodeURIComponent(/^mongodb:\/\/([^/]+)\//.exec(uri)[1]);
  return {
    open: (count) => Promise.all(Array.from({ length: count }, () => new Line(path, isWhole).open())),
    insert: (name, doc) => insert(name, [doc]),
    insertMany: insert,
    read: (name, _id) => message({ find: name, filter: { _id }, limit: 1, batchSize: 1, singleBatch: true }),
    update: (name, _id, body) =>
      message({ update: name, ordered: true }, 'updates', [{ q: { _id }, u: { $set: { body } } }]),
    page: (name, conversationId, before) =>
      message({
        find: name,
        filter: { conversationId, seq: { $lt: before } },
        sort: { seq: -1 },
        limit: 50,
        batchSize: 50,
        singleBatch: true,
      }),
  };
}

const insert = (name, docs) => message({ insert: name, ordered: true }, 'documents', docs);
const lsid = { id: new BSON.UUID() };

function message(command, sequence, documents = []) {
  const body = BSON.serialize({ ...command, lsid, $db: 'bench' });
  const parts = [Buffer.alloc(HEADER + 4), Buffer.alloc(1), body];
  if (sequence) {
    const items = documents.map((doc) => BSON.serialize(doc));
    const head = Buffer.from(`\x01\0\0\0\0${sequence}\0`, 'latin1');
    head.writeInt32LE(head.length - 1 + items.reduce((sum, item) => sum + item.length, 0), 1);
    parts.push(head, ...items);
  }
  const frame = Buffer.concat(parts);
  frame.writeInt32LE(frame.length, 0);
  frame.writeInt32LE(OP_MSG, 12);
  return frame;
}

function isWhole(answer) {
  if (answer.length < 4 || answer.length < answer.readInt32LE(0)) return false;
  // An answer with documents is long, one that counts or refuses is short.
  if (answer.length < 1000 && (answer.includes('errmsg') || answer.includes('writeErrors')))
    throw new Error(answer.toString('latin1'));
  return true;
}
