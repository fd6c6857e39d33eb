import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import mongoose from 'mongoose';
import { describe, expect, it } from 'vitest';
import { failure } from '../support.js';
import { connectionForFile } from './connection.js';

const connection = connectionForFile();
const bucket = () => new mongoose.mongo.GridFSBucket(connection.db!, { bucketName: 'media', chunkSizeBytes: 1000 });
const chunks = () => connection.collection('media.chunks');

/** Stores bytes as a file and tells its id. */
async function upload(name: string, bytes: Buffer, metadata: Record<string, unknown> = {}) {
  const stream = bucket().openUploadStream(name, { metadata });
  await pipeline(Readable.from([bytes]), stream);
  return stream.id;
}
const download = (stream: Readable) => buffer(stream);
const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('GridFS', () => {
  it('gives back the bytes it took, in chunks', async () => {
    const bytes = randomBytes(25_500);
    const id = await upload('photo.jpg', bytes, { by: 'ann' });
    expect(hash(await download(bucket().openDownloadStream(id)))).toBe(hash(bytes));
    expect(await chunks().countDocuments({ files_id: id })).toBe(26);
    const [file] = await bucket().find({ 'metadata.by': 'ann' }).toArray();
    expect(file).toMatchObject({ _id: id, filename: 'photo.jpg', length: 25_500, chunkSize: 1000 });
  });

  it('makes its indexes, and no chunk twice', async () => {
    const id = await upload('one', Buffer.from('1'));
    const keys = async (name: string) =>
      (await connection.collection(name).listIndexes().toArray()).map((index) => index['key'] as object);
    expect(await keys('media.files')).toContainEqual({ filename: 1, uploadDate: 1 });
    expect(await keys('media.chunks')).toContainEqual({ files_id: 1, n: 1 });
    expect(await failure(chunks().insertOne({ files_id: id, n: 0 }))).toMatchObject({ code: 11000 });
  });

  it('reads a part of a file', async () => {
    const bytes = randomBytes(5000);
    const id = await upload('part', bytes);
    const part = await download(bucket().openDownloadStream(id, { start: 990, end: 3010 }));
    expect(hash(part)).toBe(hash(bytes.subarray(990, 3010)));
  });

  it('stores an empty file', async () => {
    const id = await upload('empty', Buffer.alloc(0));
    expect(await download(bucket().openDownloadStream(id))).toHaveLength(0);
    expect(await chunks().countDocuments({ files_id: id })).toBe(0);
  });

  it('finds a revision by its name', async () => {
    for (const [i, text] of ['first', 'second', 'third'].entries()) {
      const id = await upload('notes', Buffer.from(text));
      await connection.collection('media.files').updateOne({ _id: id }, { $set: { uploadDate: new Date(i) } });
    }
    const read = async (revision: number) =>
      (await download(bucket().openDownloadStreamByName('notes', { revision }))).toString();
    expect(await Promise.all([0, 1, -1, -2].map(read))).toEqual(['first', 'second', 'third', 'second']);
  });

  it('renames and deletes a file with its chunks', async () => {
    const id = await upload('old', randomBytes(3000));
    await bucket().rename(id, 'new');
    expect(await bucket().find({ filename: 'new' }).toArray()).toHaveLength(1);
    await bucket().delete(id);
    expect(await chunks().countDocuments({ files_id: id })).toBe(0);
    expect(await failure(download(bucket().openDownloadStream(id)))).toMatchObject({ code: 'ENOENT' });
    expect(String((await failure(bucket().delete(id)))['message'])).toContain('File not found');
  });

  it('takes an upload back when it is aborted', async () => {
    const stream = bucket().openUploadStream('broken');
    await new Promise<void>((done, fail) => {
      stream.write(randomBytes(4000), (error) => (error ? fail(error) : done()));
    });
    expect(await chunks().countDocuments({ files_id: stream.id })).toBeGreaterThan(0);
    await stream.abort();
    expect(await chunks().countDocuments({ files_id: stream.id })).toBe(0);
    expect(await bucket().find({ filename: 'broken' }).toArray()).toEqual([]);
  });
});
