import { Schema, Types } from 'mongoose';
import { describe, expect, it } from 'vitest';
import { connectionForFile } from './connection.js';

interface Item {
  _id: Types.ObjectId;
  name: string;
  amount: number;
  parts: { name: string; ok: boolean }[];
}
interface Order {
  _id: Types.ObjectId;
  items: Types.DocumentArray<Item>;
  tags: string[];
  grid: number[][];
  scores: Map<string, number>;
  people: Map<string, { name: string; age: number }>;
  mixed?: unknown;
}

const connection = connectionForFile();
const Order = connection.model(
  'Order',
  new Schema<Order>({
    items: [{ name: String, amount: Number, parts: [{ _id: false, name: String, ok: Boolean }] }],
    tags: [String],
    grid: [[Number]],
    scores: { type: Map, of: Number },
    people: { type: Map, of: new Schema({ name: String, age: Number }, { _id: false }) },
    mixed: Schema.Types.Mixed,
  }),
);
const part = (name: string, ok: boolean) => ({ name, ok });
const make = async () => {
  const { _id } = await Order.create({
    items: [
      { name: 'pen', amount: 1, parts: [part('ink', true), part('cap', false)] },
      { name: 'cup', amount: 2, parts: [part('ear', false)] },
      { name: 'box', amount: 3, parts: [] },
    ],
    tags: ['a', 'b', 'c'],
  });
  return Order.findById(_id).orFail();
};
const stored = (order: { _id: Types.ObjectId }) => Order.findById(order._id).lean<Order>().orFail();
const names = (order: { items: { name: string }[] }) => order.items.map((item) => item.name);

describe('arrays of subdocuments', () => {
  it('give every element an _id and find it by that', async () => {
    const order = await make();
    const ids = order.items.map((item) => item._id);
    expect(new Set(ids.map(String)).size).toBe(3);
    expect(ids.map((id) => order.items.id(id)?.name)).toEqual(['pen', 'cup', 'box']);
    expect(await Order.findOne({ 'items._id': ids[1] }).lean()).toMatchObject({ _id: order._id });
  });

  it('push, change, pull and deleteOne, and save each', async () => {
    const order = await make();
    order.items.push({ name: 'jar', amount: 4, parts: [] });
    order.items[0]?.set('amount', 10);
    await order.save();
    expect((await stored(order)).items.map((item) => item.amount)).toEqual([10, 2, 3, 4]);
    order.items.pull(order.items[1]?._id);
    await order.save();
    expect(names(await stored(order))).toEqual(['pen', 'box', 'jar']);
    order.items[0]?.deleteOne();
    await order.save();
    expect(names(await stored(order))).toEqual(['box', 'jar']);
  });

  it('push at a place, and set the whole array', async () => {
    const order = await make();
    order.items.push({ $each: [{ name: 'new', amount: 0, parts: [] }], $position: 0 });
    await order.save();
    expect(names(await stored(order))).toEqual(['new', 'pen', 'cup', 'box']);
    order.set(
      'items',
      order.items.filter((item) => item.name !== 'pen').toSorted((a, b) => a.name.localeCompare(b.name)),
    );
    await order.save();
    expect(names(await stored(order))).toEqual(['box', 'cup', 'new']);
  });

  it('change arrays inside of arrays', async () => {
    const order = await make();
    order.items[0]?.parts.push(part('tip', true));
    order.items[1]?.set('parts.0.ok', true);
    order.set('grid', [[1, 2], [3]]);
    await order.save();
    order.set('grid.0.1', 9);
    await order.save();
    const { items, grid } = await stored(order);
    expect(items[0]?.parts.map((one) => one.name)).toEqual(['ink', 'cap', 'tip']);
    expect(items[1]?.parts).toEqual([part('ear', true)]);
    expect(grid).toEqual([[1, 9], [3]]);
  });

  it('take updates of the element that matched, of all, and of those that a filter names', async () => {
    const order = await make();
    const { _id } = order;
    await Order.updateOne({ _id, 'items.name': 'cup' }, { $set: { 'items.$.amount': 20 } });
    await Order.updateOne({ _id }, { $inc: { 'items.$[].amount': 1 } });
    await Order.updateOne(
      { _id },
      { $set: { 'items.$[item].parts.$[part].ok': true } },
      { arrayFilters: [{ 'item.amount': { $lt: 10 } }, { 'part.ok': false }] },
    );
    const { items } = await stored(order);
    expect(items.map((item) => item.amount)).toEqual([2, 21, 4]);
    expect(items.map((item) => item.parts.map((one) => one.ok))).toEqual([[true, true], [false], []]);
    await Order.updateOne({ _id }, { $pull: { items: { amount: { $gt: 3 } } } });
    expect(names(await stored(order))).toEqual(['pen']);
  });

  it('push sorted and cut, and cast what they push', async () => {
    const order = await make();
    await Order.updateOne(
      { _id: order._id },
      { $push: { items: { $each: [{ name: 'big', amount: '99' }], $sort: { amount: -1 }, $slice: 2 } } },
    );
    const { items } = await stored(order);
    expect(items.map(({ name, amount }) => ({ name, amount }))).toEqual([
      { name: 'big', amount: 99 },
      { name: 'box', amount: 3 },
    ]);
    expect(items[0]?._id).toBeInstanceOf(Types.ObjectId);
  });

  it('keep sets of values', async () => {
    const order = await make();
    await Order.updateOne({ _id: order._id }, { $addToSet: { tags: { $each: ['c', 'd', 'd'] } } });
    await Order.updateOne({ _id: order._id }, { $pull: { tags: { $in: ['a', 'b'] } } });
    expect((await stored(order)).tags).toEqual(['c', 'd']);
    await Order.updateOne({ _id: order._id }, { $pop: { tags: -1 } });
    expect((await stored(order)).tags).toEqual(['d']);
  });

  it('return slices and elements that match', async () => {
    const { _id } = await make();
    expect(await Order.findById(_id).slice('tags', [1, 1]).lean()).toMatchObject({ tags: ['b'] });
    const matched = await Order.findById(_id, { items: { $elemMatch: { amount: { $gte: 2 } } } })
      .lean()
      .orFail();
    expect(names(matched)).toEqual(['cup']);
  });
});

describe('maps and mixed fields', () => {
  it('store a map as a document, and send only the keys that changed', async () => {
    const order = new Order({ scores: { x: 1, y: 2 }, people: new Map([['ann', { name: 'Ann', age: 1 }]]) });
    await order.save();
    expect(await Order.collection.findOne({ _id: order._id })).toMatchObject({
      scores: { x: 1, y: 2 },
      people: { ann: { name: 'Ann', age: 1 } },
    });
    const loaded = await Order.findById(order._id).orFail();
    expect(loaded.scores).toBeInstanceOf(Map);
    await Order.updateOne({ _id: order._id }, { 'scores.y': 20 });
    loaded.scores.set('x', 10);
    loaded.scores.set('z', 30);
    loaded.people.set('bob', { name: 'Bob', age: 2 });
    await loaded.save();
    const raw = await Order.collection.findOne({ _id: order._id });
    expect(raw?.['scores']).toEqual({ x: 10, y: 20, z: 30 });
    expect(raw?.['people']).toEqual({ ann: { name: 'Ann', age: 1 }, bob: { name: 'Bob', age: 2 } });
    loaded.scores.delete('x');
    await loaded.save();
    expect((await Order.collection.findOne({ _id: order._id }))?.['scores']).toEqual({ y: 20, z: 30 });
    expect(await Order.countDocuments({ 'people.bob.age': { $gt: 1 } })).toBe(1);
  });

  it('save a mixed field when it is marked as changed', async () => {
    const order = await make();
    order.set('mixed', { a: [1, { b: null }] });
    await order.save();
    (order.mixed as { a: unknown[] }).a.push('c');
    await order.save();
    expect((await stored(order)).mixed).toEqual({ a: [1, { b: null }] });
    order.markModified('mixed');
    await order.save();
    expect((await stored(order)).mixed).toEqual({ a: [1, { b: null }, 'c'] });
  });
});
