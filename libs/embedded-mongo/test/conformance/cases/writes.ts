import { oid, type Case } from '../case.js';
import { upserts } from '../update-shapes.js';

/** Statements on inserts, upserts, deletes, batches and findAndModify. */
export const cases: readonly Case[] = [
  upserts(
    'an upsert takes equalities from its filter',
    { _id: 1, a: 2, b: { $gt: 5 } },
    { $set: { c: 3 } },
    { _id: 1, a: 2, c: 3 },
  ),
  upserts('an upsert takes $eq', { _id: 1, a: { $eq: 2 } }, { $set: { c: 3 } }, { _id: 1, a: 2, c: 3 }),
  upserts(
    'an upsert takes the equalities of $and',
    { $and: [{ _id: 1 }, { a: 2 }] },
    { $set: { c: 3 } },
    { _id: 1, a: 2, c: 3 },
  ),
  upserts(
    'an upsert takes a dotted equality as an embedded document',
    { _id: 1, 'a.b': 2 },
    { $set: { c: 3 } },
    { _id: 1, a: { b: 2 }, c: 3 },
  ),
  upserts(
    'an upsert takes a single value of $in',
    { _id: 1, a: { $in: [2] } },
    { $set: { c: 3 } },
    { _id: 1, a: 2, c: 3 },
  ),
  upserts(
    'an upsert takes an only clause of $or',
    { _id: 1, $or: [{ a: 2 }] },
    { $set: { c: 3 } },
    { _id: 1, a: 2, c: 3 },
  ),
  upserts(
    'a replacement takes nothing but the _id from its filter',
    { _id: 1, $and: [{ a: 1 }, { a: { $in: [2] } }], 'b.c': 3 },
    { d: 4 },
    { _id: 1, d: 4 },
  ),
  {
    name: 'a replacement does not take a part of an _id from its filter',
    manual: 'reference/method/db.collection.replaceOne/',
    given: { c: [] },
    steps: [
      {
        command: { update: 'c', updates: [{ q: { '_id.a': 1 }, u: { b: 1 }, upsert: true }] },
        error: { code: 111, index: 0, mentions: ['_id.a'] },
        state: { c: [] },
      },
    ],
  },
  upserts(
    '$setOnInsert sets what is new',
    { _id: 1 },
    { $setOnInsert: { a: 1 }, $inc: { n: 1 } },
    { _id: 1, a: 1, n: 1 },
  ),
  upserts('an upsert with a replacement takes only _id from its filter', { _id: 1, a: 2 }, { c: 3 }, { _id: 1, c: 3 }),
  upserts(
    'an upsert may take _id from its update',
    { a: 2 },
    { $set: { _id: oid('64b0c0ffee64b0c0ffee64b0') } },
    { _id: oid('64b0c0ffee64b0c0ffee64b0'), a: 2 },
  ),
  {
    name: '$setOnInsert does nothing to what is there',
    manual: 'reference/operator/update/setOnInsert/',
    given: { c: [{ _id: 1 }] },
    steps: [
      {
        command: { update: 'c', updates: [{ q: { _id: 1 }, u: { $setOnInsert: { a: 1 } }, upsert: true }] },
        answer: { n: 1, nModified: 0 },
        state: { c: [{ _id: 1 }] },
      },
    ],
  },
  {
    name: 'an ordered batch stops at its first error',
    manual: 'reference/command/update/',
    given: {
      c: [
        { _id: 1, a: 'x' },
        { _id: 2, a: 1 },
      ],
    },
    steps: [
      {
        command: {
          update: 'c',
          updates: [
            { q: { _id: 1 }, u: { $inc: { a: 1 } } },
            { q: { _id: 2 }, u: { $inc: { a: 1 } } },
          ],
        },
        error: { code: 14, index: 0 },
        answer: { n: 0, nModified: 0 },
        state: {
          c: [
            { _id: 1, a: 'x' },
            { _id: 2, a: 1 },
          ],
        },
      },
    ],
  },
  {
    name: 'an unordered batch goes on behind an error',
    manual: 'reference/command/update/',
    given: {
      c: [
        { _id: 1, a: 'x' },
        { _id: 2, a: 1 },
      ],
    },
    steps: [
      {
        command: {
          update: 'c',
          ordered: false,
          updates: [
            { q: { _id: 1 }, u: { $inc: { a: 1 } } },
            { q: { _id: 2 }, u: { $inc: { a: 1 } } },
          ],
        },
        error: { code: 14, index: 0 },
        answer: { n: 1, nModified: 1 },
        state: {
          c: [
            { _id: 1, a: 'x' },
            { _id: 2, a: 2 },
          ],
        },
      },
    ],
  },
  {
    name: 'an insertion puts _id first and keeps the order of the others',
    manual: 'core/document/#the-_id-field',
    steps: [
      {
        command: { insert: 'c', documents: [{ z: 1, _id: 1, a: 2 }] },
        answer: { n: 1 },
        state: { c: [{ _id: 1, z: 1, a: 2 }] },
      },
    ],
  },
  {
    name: 'an ordered insertion stops at a duplicate',
    manual: 'reference/command/insert/',
    given: { c: [{ _id: 2 }] },
    steps: [
      {
        command: { insert: 'c', documents: [{ _id: 1 }, { _id: 2 }, { _id: 3 }] },
        error: { code: 11000, index: 1, mentions: ['_id'] },
        answer: { n: 1 },
        state: { c: [{ _id: 1 }, { _id: 2 }] },
      },
    ],
  },
  {
    name: 'an unordered insertion tells every duplicate',
    manual: 'reference/command/insert/',
    given: { c: [{ _id: 2 }] },
    steps: [
      {
        command: { insert: 'c', ordered: false, documents: [{ _id: 2 }, { _id: 3 }, { _id: 2 }] },
        error: { code: 11000, index: 2 },
        answer: { n: 1 },
      },
    ],
  },
  {
    name: 'an array is no _id',
    manual: 'core/document/#the-_id-field',
    given: { c: [] },
    steps: [{ command: { insert: 'c', documents: [{ _id: [1] }] }, error: { code: 53, index: 0, mentions: ['_id'] } }],
  },
  {
    name: 'a delete with a limit of 1 removes one',
    manual: 'reference/command/delete/',
    given: {
      c: [
        { _id: 1, a: 1 },
        { _id: 2, a: 1 },
      ],
    },
    steps: [
      {
        command: { delete: 'c', deletes: [{ q: { a: 1 }, limit: 1 }] },
        answer: { n: 1 },
        state: { c: [{ _id: 2, a: 1 }] },
      },
      { command: { delete: 'c', deletes: [{ q: {}, limit: 0 }] }, answer: { n: 1 }, state: { c: [] } },
      { command: { delete: 'c', deletes: [{ q: {}, limit: 2 }] }, error: { code: 9, mentions: ['limit'] } },
    ],
  },
  {
    name: 'findAndModify gives the document before, or the one after',
    manual: 'reference/command/findAndModify/',
    given: { c: [{ _id: 1, n: 1 }] },
    steps: [
      {
        command: { findAndModify: 'c', query: { _id: 1 }, update: { $inc: { n: 1 } } },
        answer: { value: { _id: 1, n: 1 }, lastErrorObject: { n: 1, updatedExisting: true } },
      },
      {
        command: { findAndModify: 'c', query: { _id: 1 }, update: { $inc: { n: 1 } }, new: true },
        answer: { value: { _id: 1, n: 3 } },
      },
      {
        command: { findAndModify: 'c', query: { _id: 1 }, update: { $inc: { n: 1 } }, fields: { n: 1, _id: 0 } },
        answer: { value: { n: 3 } },
      },
      {
        command: { findAndModify: 'c', query: { _id: 9 }, update: { $inc: { n: 1 } } },
        answer: { value: null, lastErrorObject: { n: 0, updatedExisting: false } },
      },
      {
        command: { findAndModify: 'c', query: { _id: 9 }, update: { $inc: { n: 1 } }, upsert: true, new: true },
        answer: { value: { _id: 9, n: 1 }, lastErrorObject: { n: 1, updatedExisting: false, upserted: 9 } },
      },
      {
        command: { findAndModify: 'c', query: {}, sort: { _id: -1 }, remove: true },
        answer: { value: { _id: 9, n: 1 }, lastErrorObject: { n: 1 } },
      },
      { command: { findAndModify: 'c', query: {}, remove: true, new: true }, error: { code: 9 } },
    ],
  },
];
