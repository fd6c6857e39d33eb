import { Schema, type Types } from 'mongoose';
import { beforeEach, describe, expect, it } from 'vitest';
import { failure } from '../support.js';
import { connectionForFile } from './connection.js';

interface Task {
  _id: Types.ObjectId;
  title: string;
  slug?: string;
  deleted: boolean;
  steps: number;
}

const connection = connectionForFile();
const calls: string[] = [];
const schema = new Schema<Task>({
  title: { type: String, unique: true },
  slug: String,
  deleted: { type: Boolean, default: false },
  steps: { type: Number, default: 0 },
});
schema.pre('validate', function () {
  calls.push('pre validate');
  if (this.title === 'forbidden') throw new Error('this title is forbidden');
});
schema.pre('save', async function () {
  calls.push(`pre save ${this.isNew ? 'new' : this.modifiedPaths().join()}`);
  const namesakes = await connection.model('Task').countDocuments({ slug: new RegExp(`^${this.title}`) });
  if (this.isNew) this.slug = `${this.title}-${namesakes}`;
});
schema.post('save', (task) => {
  calls.push(`post save ${task.slug}`);
});
schema.pre(['find', 'findOne'], function () {
  if (!this.getOptions()['withDeleted']) void this.where({ deleted: false });
});
schema.post('find', (tasks: unknown[]) => {
  calls.push(`post find ${tasks.length}`);
});
schema.pre('updateOne', function () {
  this.set({ steps: 7 });
});
schema.pre('findOneAndUpdate', function () {
  const update = this.getUpdate();
  this.setUpdate({ ...update, $inc: { steps: 1 } });
});
schema.pre('deleteOne', { document: true, query: false }, function () {
  calls.push(`pre deleteOne of ${this.title}`);
});
schema.pre('aggregate', function () {
  this.pipeline().unshift({ $match: { deleted: false } });
});
schema.pre('insertMany', (tasks: Task[]) => {
  calls.push(`pre insertMany ${tasks.length}`);
});
schema.post('save', { errorHandler: true }, (error: Error & { code?: number }, _task, next) => {
  next(error.code === 11000 ? new Error('this title is taken') : error);
});
const Task = connection.model('Task', schema);

beforeEach(async () => {
  await Task.deleteMany({});
  calls.length = 0;
});

describe('middleware', () => {
  it('runs around save in its order, and can query meanwhile', async () => {
    const task = await Task.create({ title: 'a' });
    expect(calls).toEqual(['pre validate', 'pre save new', 'post save a-0']);
    calls.length = 0;
    task.steps = 2;
    await task.save();
    expect(calls).toEqual(['pre validate', 'pre save steps', 'post save a-0']);
  });

  it('stops a write by throwing', async () => {
    expect(await failure(Task.create({ title: 'forbidden' }))).toMatchObject({ message: 'this title is forbidden' });
    expect(await Task.collection.countDocuments()).toBe(0);
  });

  it('translates an error of the server', async () => {
    await Task.create({ title: 'b' });
    expect(await failure(Task.create({ title: 'b' }))).toMatchObject({ message: 'this title is taken' });
  });

  it('adds conditions to queries', async () => {
    await Task.insertMany([{ title: 'c' }, { title: 'd', deleted: true }]);
    expect(calls).toEqual(['pre insertMany 2', 'pre validate', 'pre validate']);
    calls.length = 0;
    expect(await Task.find().lean()).toMatchObject([{ title: 'c' }]);
    expect(await Task.findOne({ title: 'd' })).toBeNull();
    expect(await Task.find({}, null, { withDeleted: true }).lean()).toHaveLength(2);
    expect(calls).toEqual(['post find 1', 'post find 2']);
  });

  it('changes updates and pipelines', async () => {
    await Task.insertMany([{ title: 'e' }, { title: 'f', deleted: true }]);
    await Task.updateOne({ title: 'e' }, { slug: 's' });
    expect(await Task.findOne({ title: 'e' }).lean()).toMatchObject({ slug: 's', steps: 7 });
    const after = await Task.findOneAndUpdate({ title: 'e' }, { slug: 't' }, { returnDocument: 'after' }).lean();
    expect(after).toMatchObject({ slug: 't', steps: 8 });
    expect(await Task.aggregate([{ $project: { _id: 0, title: 1 } }])).toEqual([{ title: 'e' }]);
  });

  it('runs before a document deletes itself, not before a query does', async () => {
    const task = await Task.create({ title: 'g' });
    await Task.create({ title: 'h' });
    calls.length = 0;
    await Task.deleteOne({ title: 'h' });
    await task.deleteOne();
    expect(calls).toEqual(['pre deleteOne of g']);
    expect(await Task.collection.countDocuments()).toBe(0);
  });
});
