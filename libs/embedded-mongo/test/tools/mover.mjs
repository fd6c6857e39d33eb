// Started by the tests as a process of its own: exports or imports until it has come to a place, says so and stays there.
import mongoose from 'mongoose';
import { exportTo, importFrom } from '../../dist/tools/index.js';

const [work, folder, uri, place, documents] = process.argv.slice(2);
const client = await new mongoose.mongo.MongoClient(uri).connect();
const progress = (what, done) => {
  if (what !== place || done < Number(documents)) return;
  process.stdout.write('here\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
};
await { exportTo, importFrom }[work]({ client, uri, folder, progress });
process.stdout.write('past it\n');
await client.close();
