import { Schema } from 'mongoose';
import { beforeEach, describe, expect, it } from 'vitest';
import { failure } from '../support.js';
import { connectionForFile } from './connection.js';

const connection = connectionForFile();
const Event = connection.model(
  'Event',
  new Schema({ at: { type: Number, required: true } }, { discriminatorKey: 'kind' }),
);
const Click = Event.discriminator('Click', new Schema({ element: String }));
const SignUp = Event.discriminator(
  'SignUp',
  new Schema({ user: { type: String, unique: true, sparse: true } }),
  'signed-up',
);

const shapeSchema = new Schema({ label: String }, { discriminatorKey: 'type', _id: false });
const drawingSchema = new Schema({ shapes: [shapeSchema] });
const shapes = drawingSchema.path<Schema.Types.DocumentArray>('shapes');
shapes.discriminator('circle', new Schema({ radius: Number }, { _id: false }));
shapes.discriminator('square', new Schema({ side: Number }, { _id: false }));
const Drawing = connection.model('Drawing', drawingSchema);

beforeEach(async () => {
  await Event.deleteMany({});
  await Event.create({ at: 1 });
  await Click.create({ at: 2, element: 'a' });
  await Event.insertMany([{ kind: 'signed-up', at: 3, user: 'ann' }]);
});

describe('discriminators', () => {
  it('share a collection and mark their documents', async () => {
    const stored = await Event.collection.find({}, { projection: { _id: 0, __v: 0 }, sort: { at: 1 } }).toArray();
    expect(stored).toEqual([
      { at: 1 },
      { at: 2, kind: 'Click', element: 'a' },
      { at: 3, kind: 'signed-up', user: 'ann' },
    ]);
  });

  it('give each document its own model', async () => {
    const [plain, click, signUp] = await Event.find().sort({ at: 1 });
    expect(plain).not.toBeInstanceOf(Click);
    expect(click).toBeInstanceOf(Click);
    expect(signUp).toBeInstanceOf(SignUp);
  });

  it('read, count, change and delete only their own', async () => {
    expect(await Click.find().lean()).toMatchObject([{ at: 2 }]);
    expect(await Click.countDocuments()).toBe(1);
    expect(await SignUp.distinct('at')).toEqual([3]);
    expect(await Click.aggregate([{ $project: { _id: 0, at: 1 } }])).toEqual([{ at: 2 }]);
    expect(await Click.updateMany({}, { $inc: { at: 10 } })).toMatchObject({ matchedCount: 1, modifiedCount: 1 });
    expect(await SignUp.findOneAndUpdate({ at: 12 }, { user: 'x' })).toBeNull();
    expect(await Click.deleteMany({})).toMatchObject({ deletedCount: 1 });
    expect((await Event.distinct('at')).toSorted()).toEqual([1, 3]);
  });

  it('put their key into an upsert', async () => {
    const made = await Click.findOneAndUpdate(
      { at: 9 },
      { element: 'b' },
      { upsert: true, returnDocument: 'after' },
    ).lean();
    expect(made).toMatchObject({ kind: 'Click', at: 9, element: 'b' });
  });

  it('change their kind when told to', async () => {
    await Event.findOneAndUpdate({ at: 1 }, { kind: 'Click', element: 'c' }, { overwriteDiscriminatorKey: true });
    expect(await Click.findOne({ at: 1 }).lean()).toMatchObject({ kind: 'Click', element: 'c' });
  });

  it('have indexes of their own in the collection they share', async () => {
    expect(await failure(SignUp.create({ at: 4, user: 'ann' }))).toMatchObject({
      code: 11000,
      keyValue: { user: 'ann' },
    });
    await SignUp.create({ at: 5 });
    await SignUp.create({ at: 6 });
    expect(await SignUp.countDocuments()).toBe(3);
  });

  it('tell elements of an array apart', async () => {
    const { _id } = await Drawing.create({
      shapes: [
        { type: 'circle', label: 'c', radius: 2 },
        { type: 'square', label: 's', side: 3, radius: 9 },
      ],
    });
    const drawing = await Drawing.findById(_id).orFail();
    drawing.shapes.push({ type: 'square', side: 4 });
    await drawing.save();
    expect((await Drawing.collection.findOne({ _id }))?.['shapes']).toEqual([
      { type: 'circle', label: 'c', radius: 2 },
      { type: 'square', label: 's', side: 3 },
      { type: 'square', side: 4 },
    ]);
    await Drawing.updateOne({ _id, 'shapes.type': 'circle' }, { $set: { 'shapes.$.label': 'round' } });
    expect(await Drawing.findOne({ shapes: { $elemMatch: { type: 'circle', label: 'round' } } }).lean()).toMatchObject({
      _id,
    });
  });
});
