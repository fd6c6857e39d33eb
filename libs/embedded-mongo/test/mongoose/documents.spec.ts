import { Schema, type Types } from 'mongoose';
import { describe, expect, it } from 'vitest';
import { failure } from '../support.js';
import { connectionForFile } from './connection.js';

interface Person {
  _id: Types.ObjectId;
  first: string;
  last: string;
  born?: number;
  secret?: string;
  nested?: { deep: { value: number } };
  hobbies: string[];
  made: Date;
  changed: Date;
  __v: number;
}

const connection = connectionForFile();
const Person = connection.model(
  'Person',
  new Schema<Person>(
    {
      first: { type: String, trim: true, required: true },
      last: { type: String, default: 'Doe' },
      born: { type: Number, alias: 'year', immutable: true },
      secret: { type: String, select: false },
      nested: { deep: { value: Number } },
      hobbies: [String],
    },
    {
      timestamps: { createdAt: 'made', updatedAt: 'changed' },
      virtuals: {
        full: {
          get(): string {
            const person = this as unknown as { first: string; last: string };
            return `${person.first} ${person.last}`;
          },
          set(value: string): void {
            const [first, last] = value.split(' ');
            (this as unknown as { set(values: object): void }).set({ first, last });
          },
        },
      },
      toJSON: { virtuals: true },
    },
  ),
);
const Careful = connection.model(
  'Careful',
  new Schema({ a: Number, b: Number, list: [Number] }, { optimisticConcurrency: true }),
);
const Bare = connection.model('Bare', new Schema({ list: [Number] }, { versionKey: false }));

describe('documents', () => {
  it('are found as they were created, until they are deleted', async () => {
    const created = await Person.create({ first: 'Abe', born: 1999.5, hobbies: ['x'] });
    const found = await Person.findById(created._id).orFail();
    expect(found.toObject()).toEqual(created.toObject());
    await found.deleteOne();
    expect(await Person.findById(created._id)).toBeNull();
  });

  it('store defaults and casts, and neither virtuals nor what the schema does not know', async () => {
    const made = await Person.create({ first: '  Ann ', born: '1990', unknown: 1 } as unknown as Person);
    const stored = await Person.collection.findOne({ _id: made._id });
    expect(Object.keys(stored ?? {}).sort()).toEqual(
      ['__v', '_id', 'born', 'changed', 'first', 'hobbies', 'last', 'made'].sort(),
    );
    expect(stored).toMatchObject({ first: 'Ann', last: 'Doe', born: 1990, hobbies: [], __v: 0 });
  });

  it('have virtuals and aliases, which lean results lack', async () => {
    const person = new Person({ full: 'Bea Berg', year: 1980 });
    await person.save();
    const found = await Person.findById(person._id).orFail();
    expect(found.toJSON()).toMatchObject({ full: 'Bea Berg', id: String(person._id), born: 1980 });
    const lean = await Person.findById(person._id).lean().orFail();
    expect(lean).not.toHaveProperty('full');
    expect(lean).not.toHaveProperty('save');
    expect(Object.getPrototypeOf(lean)).toBe(Object.prototype);
    expect(await Person.countDocuments(Person.translateAliases({ year: 1980 }))).toBe(1);
  });

  it('leave out fields of select: false until they are asked for', async () => {
    const { _id } = await Person.create({ first: 'Cid', secret: 'x' });
    expect(await Person.findById(_id).lean()).not.toHaveProperty('secret');
    expect(await Person.findById(_id).select('+secret').lean()).toMatchObject({ first: 'Cid', secret: 'x' });
    expect(await Person.findById(_id, 'secret -_id').lean()).toEqual({ secret: 'x' });
  });

  it('send only what changed', async () => {
    const { _id } = await Person.create({ first: 'Dan', nested: { deep: { value: 1 } } });
    const person = await Person.findById(_id).orFail();
    await Person.updateOne({ _id }, { last: 'Other' });
    person.set('nested.deep.value', 2);
    expect(person.modifiedPaths()).toEqual(['nested', 'nested.deep', 'nested.deep.value']);
    await person.save();
    expect(await Person.findById(_id).lean()).toMatchObject({ last: 'Other', nested: { deep: { value: 2 } } });
    person.set('last', undefined);
    await person.save();
    expect(await Person.collection.findOne({ _id })).not.toHaveProperty('last');
  });

  it('keep the time of creation and renew the time of change, with save and with updates', async () => {
    const long = new Date(0);
    const { _id } = await Person.create({ first: 'Eva' });
    const made = new Date(1000);
    await Person.collection.updateOne({ _id }, { $set: { changed: long, made } });
    const changed = async () => (await Person.findById(_id).lean().orFail()).changed.getTime();
    await Person.updateOne({ _id }, { last: 'A' }, { timestamps: false });
    expect(await changed()).toBe(0);
    await Person.updateOne({ _id }, { last: 'B' });
    expect(await changed()).toBeGreaterThan(0);
    await Person.collection.updateOne({ _id }, { $set: { changed: long } });
    await (await Person.findById(_id).orFail()).set('last', 'C').save();
    expect(await changed()).toBeGreaterThan(0);
    expect((await Person.findById(_id).orFail()).made).toEqual(made);
  });

  it('give an upsert both times', async () => {
    const filter = { first: 'Upserted' };
    await Person.updateOne(filter, { last: 'X' }, { upsert: true });
    const first = await Person.findOne(filter).lean().orFail();
    expect(first.made).toEqual(first.changed);
    expect(first.made).toBeInstanceOf(Date);
    await Person.updateOne(filter, { last: 'Y', born: 3 }, { upsert: true });
    const second = await Person.findOne(filter).lean().orFail();
    expect(second).toMatchObject({ _id: first._id, made: first.made, last: 'Y' });
    expect(second).not.toHaveProperty('born');
  });

  it('are refused before they are sent when they are not valid', async () => {
    const before = await Person.countDocuments();
    expect(await failure(Person.create({ last: 'No' }))).toMatchObject({
      errors: { first: { kind: 'required' } },
    });
    expect(await failure(Person.findOne({ born: 'never' as never }).exec())).toMatchObject({ name: 'CastError' });
    expect(await Person.countDocuments()).toBe(before);
  });

  it('report that they are gone when they are saved after their deletion', async () => {
    const person = await Person.create({ first: 'Gus' });
    await Person.deleteOne({ _id: person._id });
    person.last = 'Gone';
    expect(await failure(person.save())).toMatchObject({ name: 'DocumentNotFoundError', numAffected: 0 });
  });
});

describe('versions', () => {
  const twice = async () => {
    const { _id } = await Careful.create({ a: 1, b: 1, list: [1, 2, 3] });
    return [await Careful.findById(_id).orFail(), await Careful.findById(_id).orFail()] as const;
  };

  it('let only the first of two changes through with optimisticConcurrency', async () => {
    const [first, second] = await twice();
    await first.set('a', 2).save();
    expect(await failure(second.set('b', 2).save())).toMatchObject({ name: 'VersionError', version: 0 });
    expect(await Careful.findById(first._id).lean()).toMatchObject({ a: 2, b: 1, __v: 1 });
  });

  it('let pushes of two through, and stop an element set by its place in an array that changed', async () => {
    const { _id } = await Person.create({ first: 'Hal', hobbies: ['a', 'b'] });
    const load = () => Person.findById(_id).orFail();
    const [first, second, third] = [await load(), await load(), await load()];
    first.hobbies.push('c');
    second.hobbies.push('d');
    await Promise.all([first.save(), second.save()]);
    expect((await load()).hobbies.toSorted()).toEqual(['a', 'b', 'c', 'd']);
    third.set('hobbies.1', 'z');
    expect(await failure(third.save())).toMatchObject({ name: 'VersionError' });
  });

  it('rise with increment() and are absent with versionKey: false', async () => {
    const person = await Person.create({ first: 'Ina' });
    await person.increment().save();
    expect((await Person.findById(person._id).lean())?.__v).toBe(1);
    const bare = await Bare.create({ list: [1] });
    expect(await Bare.collection.findOne({ _id: bare._id })).toEqual({ _id: bare._id, list: [1] });
  });
});
