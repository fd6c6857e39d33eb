import mongoose from 'mongoose';
import { beforeAll, describe, expect, it } from 'vitest';
import { failure, serverForFile } from './support.js';

const MEBIBYTE = 1024 * 1024;
const server = serverForFile();
const large = (): ReturnType<typeof server.db.collection> => server.db.collection('large');
/** The text of the only document as often as makes more than a document may hold. */
const COPIES = Object.fromEntries(Array.from('abcdefghi', (name) => [name, '$text']));

describe('what is larger than a document may be', () => {
  beforeAll(async () => {
    await large().insertOne({ text: 'x'.repeat(2 * MEBIBYTE) });
  });

  it('is refused in answers, and not cut off', async () => {
    const tooLarge = { code: 10334, codeName: 'BSONObjectTooLarge' };
    expect(
      await failure(
        large()
          .aggregate([{ $project: COPIES }])
          .toArray(),
      ),
    ).toMatchObject(tooLarge);
    expect(await failure(large().find({}, { projection: COPIES }).toArray())).toMatchObject(tooLarge);
    const each = { $set: { text: { $concat: [{ $toString: '$n' }, '$text'] } } };
    const pipeline = [{ $set: { n: { $range: [0, 9] } } }, { $unwind: '$n' }, each];
    await server.db.createCollection('copies', { viewOn: 'large', pipeline });
    expect(await failure(server.db.collection('copies').distinct('text'))).toMatchObject({ code: 17217 });
    expect(await server.db.collection('copies').distinct('n')).toHaveLength(9);
  });

  it('is no matter between stages', async () => {
    const counted = { $project: { _id: 0, n: { $strLenCP: '$a' } } };
    expect(
      await large()
        .aggregate([{ $project: COPIES }, counted])
        .toArray(),
    ).toEqual([{ n: 2 * MEBIBYTE }]);
  });

  it('is not stored by an update', async () => {
    const error = await failure(large().updateOne({}, [{ $set: COPIES }]));
    expect(error).toMatchObject({ code: 17419, message: expect.stringContaining('larger than 16777216') as unknown });
    expect(mongoose.mongo.BSON.calculateObjectSize((await large().findOne()) ?? {})).toBeLessThan(3 * MEBIBYTE);
  });

  it('is cut in the text of an error', async () => {
    const error = await failure(server.db.command({ find: 'large', ['x'.repeat(16_800_000)]: 1 }));
    expect(error).toMatchObject({ code: 40415, message: expect.stringMatching(/^BSON field 'find.xxx/) as unknown });
    expect(await large().countDocuments()).toBe(1);
  });

  it('are not the errors of a batch, of which the last have no text', async () => {
    const documents = Array.from({ length: 60_000 }, () => ({ _id: 'y'.repeat(100) as never }));
    const { writeErrors } = await server.db.command({ insert: 'errors', documents, ordered: false });
    expect(writeErrors).toHaveLength(documents.length - 1);
    expect(writeErrors[0]).toMatchObject({
      index: 1,
      code: 11000,
      errmsg: expect.stringMatching(/^E11000/) as unknown,
    });
    expect(writeErrors.at(-1)).toMatchObject({ index: documents.length - 1, code: 11000, errmsg: '' });
  });
});
