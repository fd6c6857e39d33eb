// Started by the crash tests as a process of its own, since a damaged file may well end it: opens each of the folders
// that it is given, and prints a line with all that it finds there, or with the text of the refusal.
import mongoose from 'mongoose';
import { EmbeddedMongoError, startEmbeddedMongo } from '../../dist/index.js';

async function read(server) {
  const client = await new mongoose.mongo.MongoClient(server.uri).connect();
  const collection = client.db('tests').collection('crash');
  const fields = { projection: { _id: 0 } };
  const documents = await collection.find({}, { ...fields, hint: '_id_' }).toArray();
  const indexes = {};
  for (const hint of ['n_1', 'tags_1_n_-1', 'state_1']) {
    const walked = await collection.find({}, { ...fields, hint }).toArray();
    const { executionStats } = await collection.find({}, { hint }).explain();
    indexes[hint] = { numbers: walked.map(({ n }) => n), keys: executionStats.totalKeysExamined };
  }
  const tags = {};
  for (const tag of new Set(documents.flatMap((document) => document.tags))) {
    const { executionStats } = await collection.find({ tags: tag }).explain();
    tags[tag] = { keys: executionStats.totalKeysExamined, documents: executionStats.nReturned };
  }
  const count = await collection.estimatedDocumentCount();
  await client.close();
  return { documents, indexes, tags, count };
}

for (const dataDir of process.argv.slice(2)) {
  let found;
  try {
    const server = await startEmbeddedMongo({ dataDir });
    found = await read(server);
    await server.close();
  } catch (error) {
    // What has no plain text ends this process, and with it the test.
    if (!(error instanceof EmbeddedMongoError)) throw error;
    found = { refused: error.message };
  }
  process.stdout.write(`${JSON.stringify(found)}\n`);
}
