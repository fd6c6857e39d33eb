import { randomUUID } from 'node:crypto';
import mongoose, { Schema, Types } from 'mongoose';
import { describe, expect, it } from 'vitest';
import { failure } from '../support.js';
import { connectionForFile } from './connection.js';

const { Decimal128, UUID, Double } = mongoose.mongo.BSON;
const decimal = (text: string) => Decimal128.fromString(text);

const connection = connectionForFile();
const Value = connection.model(
  'Value',
  new Schema(
    {
      price: Schema.Types.Decimal128,
      key: { type: Schema.Types.UUID, unique: true, sparse: true },
      big: BigInt,
      whole: Schema.Types.Int32,
      real: Schema.Types.Double,
      bytes: Buffer,
      when: Date,
      yes: Boolean,
      any: Schema.Types.Mixed,
      group: String,
    },
    { versionKey: false, minimize: false },
  ),
);
const Keyed = connection.model('Keyed', new Schema({ _id: Schema.Types.UUID, n: Number }));
const Counted = connection.model('Counted', new Schema({ _id: BigInt, n: Number }));
const hasType = async (_id: Types.ObjectId, field: string, type: string) =>
  (await Value.collection.countDocuments({ _id, [field]: { $type: type as 'int' } })) === 1;

describe('types', () => {
  it('keep a decimal exactly, with its zeros at the end', async () => {
    const { _id } = await Value.create({ price: '0.30' });
    expect((await Value.findById(_id).lean())?.price?.toString()).toBe('0.30');
    expect(await hasType(_id, 'price', 'decimal')).toBe(true);
    expect(await Value.countDocuments({ _id, price: decimal('0.3') })).toBe(1);
    expect(await Value.countDocuments({ _id, price: { $gt: decimal('0.29'), $lt: decimal('0.31') } })).toBe(1);
  });

  it('add decimals without an error of binary fractions', async () => {
    const { _id } = await Value.create({ price: '0.1' });
    await Value.updateOne({ _id }, { $inc: { price: decimal('0.2') } });
    expect((await Value.findById(_id).lean())?.price?.toString()).toBe('0.3');
  });

  it('sort and sum decimals', async () => {
    const prices = ['10.5', '9.25', '-1', '1E+3'];
    await Value.insertMany(prices.map((price) => ({ price, group: 'prices' })));
    const sorted = await Value.find({ group: 'prices' }).sort({ price: 1 }).lean();
    expect(sorted.map(({ price }) => Number(price))).toEqual([-1, 9.25, 10.5, 1000]);
    const [total] = await Value.aggregate<{ sum: Types.Decimal128 }>([
      { $match: { group: 'prices' } },
      { $group: { _id: null, sum: { $sum: '$price' } } },
    ]);
    expect(total?.sum).toBeInstanceOf(Decimal128);
    expect(Number(total?.sum)).toBe(1018.75);
  });

  it('keep UUIDs as binaries of subtype 4, unique and found by their text', async () => {
    const text = randomUUID();
    const { _id } = await Value.create({ key: text });
    const raw = await Value.collection.findOne({ _id }, { promoteBuffers: false });
    expect(raw?.['key']).toMatchObject({ sub_type: 4 });
    expect((await Value.findOne({ key: text }).orFail()).key?.toString()).toBe(text);
    expect((await failure(Value.create({ key: text })))['code']).toBe(11000);
    expect(await Value.countDocuments({ key: { $in: [text, randomUUID()] } })).toBe(1);
  });

  it('take UUIDs and BigInts as _id', async () => {
    const text = randomUUID();
    await Keyed.create({ _id: text, n: 1 });
    await Keyed.updateOne({ _id: text }, { n: 2 });
    expect((await Keyed.findById(text).orFail()).n).toBe(2);
    expect(await Keyed.exists({ _id: new UUID(text) })).not.toBeNull();
    const long = 2n ** 60n + 1n;
    await Counted.create([
      { _id: long, n: 1 },
      { _id: long + 1n, n: 2 },
    ]);
    expect((await Counted.findById(long).orFail()).n).toBe(1);
    expect(await Counted.countDocuments({ _id: { $gt: long } })).toBe(1);
  });

  it('keep longs beyond what a number can hold', async () => {
    const long = 9_007_199_254_740_993n;
    const { _id } = await Value.create({ big: long });
    expect(await hasType(_id, 'big', 'long')).toBe(true);
    expect((await Value.findById(_id).orFail()).big).toBe(long);
    await Value.updateOne({ _id }, { $inc: { big: 2n } });
    expect((await Value.findById(_id).setOptions({ useBigInt64: true }).lean())?.big).toBe(long + 2n);
    expect(await Value.countDocuments({ _id, big: long + 2n })).toBe(1);
    expect(await Value.countDocuments({ _id, big: long + 1n })).toBe(0);
  });

  it('tell whole numbers from real ones', async () => {
    const { _id } = await Value.create({ whole: 3, real: 3 });
    expect(await hasType(_id, 'whole', 'int')).toBe(true);
    expect(await hasType(_id, 'real', 'double')).toBe(true);
    expect(await Value.collection.countDocuments({ _id, whole: new Double(3), real: 3 })).toBe(1);
    expect(await hasType(_id, 'real', 'int')).toBe(false);
    expect(await failure(Value.create({ whole: 3.5 }))).toMatchObject({ name: 'ValidationError' });
  });

  it('keep bytes, dates and booleans', async () => {
    const bytes = Buffer.from([0, 255, 1, 128]);
    const when = new Date('1969-07-20T20:17:40.123Z');
    const { _id } = await Value.create({ bytes, when: when.toISOString(), yes: 'true' as unknown as boolean });
    const found = await Value.findById(_id).orFail();
    expect(found.bytes && Buffer.from(found.bytes).equals(bytes)).toBe(true);
    expect(found).toMatchObject({ when, yes: true });
    expect(await Value.countDocuments({ _id, bytes })).toBe(1);
    expect(await Value.countDocuments({ _id, when: { $lt: new Date(0) } })).toBe(1);
  });

  it('keep null, what is empty and what is nested as it came', async () => {
    const any = { none: null, empty: {}, list: [[], [null], {}], id: new Types.ObjectId(), text: 'ä🙂\u0000' };
    const { _id } = await Value.create({ any });
    expect((await Value.findById(_id).lean())?.any).toEqual(any);
    expect(await Value.countDocuments({ _id, 'any.none': null, 'any.list': { $size: 3 } })).toBe(1);
  });
});
