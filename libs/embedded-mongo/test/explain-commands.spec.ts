import { describe, expect, it } from 'vitest';
import { explainer, type Doc } from './explained.js';
import { failure } from './support.js';

const { server, explain, stats, names } = explainer();

describe('a plan of a write', () => {
  const update = (one: Doc): Doc => ({ update: 'c', updates: [{ u: { $set: { c: 1 } }, ...one }] });
  const remove = (q: Doc, limit: number): Doc => ({ delete: 'c', deletes: [{ q, limit }] });

  it.each([
    ['UPDATE < FETCH < IXSCAN', update({ q: { a: 1 } })],
    ['UPDATE < COLLSCAN', update({ q: { c: 0 }, multi: true })],
    ['UPDATE < LIMIT < FETCH < IXSCAN', update({ q: { a: 1 }, sort: { b: 1 } })],
    ['UPDATE < SORT < COLLSCAN', update({ q: {}, sort: { c: 1 } })],
    ['EXPRESS_UPDATE', update({ q: { _id: 1 } })],
    ['UPDATE < FETCH < IXSCAN', update({ q: { _id: 1 }, upsert: true })],
    ['DELETE < FETCH < IXSCAN', remove({ a: 1 }, 1)],
    ['BATCHED_DELETE < COLLSCAN', remove({ c: 0 }, 0)],
    ['EXPRESS_DELETE', remove({ _id: 1 }, 1)],
    ['EOF', { update: 'none', updates: [{ q: {}, u: { $set: { a: 1 } } }] }],
    ['EOF', { delete: 'none', deletes: [{ q: {}, limit: 0 }] }],
    ['UPDATE < FETCH < IXSCAN', { findAndModify: 'c', query: { a: 1 }, update: { $set: { c: 1 } } }],
    ['DELETE < SORT < COLLSCAN', { findAndModify: 'c', query: {}, sort: { c: 1 }, remove: true }],
    [
      'PROJECTION_DEFAULT < UPDATE < FETCH < IXSCAN',
      { findAndModify: 'c', query: { a: 1 }, update: { $set: { c: 1 } }, fields: { a: 0 } },
    ],
  ])('is %s', async (expected, command) => {
    expect(await names(command)).toBe(expected);
  });

  it('tells what it would do, and does nothing', async () => {
    expect(await explain(update({ q: { a: { $lt: 2 } }, multi: true }))).toMatchObject({
      executionStats: {
        nReturned: 0,
        totalDocsExamined: 10,
        executionStages: { stage: 'UPDATE', nMatched: 10, nWouldModify: 10, nWouldUpsert: 0 },
      },
    });
    expect(await stats(update({ q: { a: 9 }, upsert: true }))).toMatchObject({ nMatched: 0, nWouldUpsert: 1 });
    expect(await stats(update({ q: { _id: 0 } }))).toMatchObject({ keysExamined: 1, nWouldModify: 1 });
    expect(await stats(remove({ a: 1 }, 0))).toMatchObject({ nWouldDelete: 5 });
    expect(await stats(remove({ a: 1 }, 1))).toMatchObject({ nWouldDelete: 1 });
    const modify = { findAndModify: 'c', query: { a: 1 }, update: { $set: { c: 5 } } };
    expect((await explain(modify)).executionStats).toMatchObject({
      nReturned: 1,
      executionStages: { nWouldModify: 1 },
    });
    const upserted = { ...modify, query: { a: 9 }, upsert: true };
    expect((await explain(upserted)).executionStats).toMatchObject({ nReturned: 0 });
    expect((await explain({ ...upserted, new: true })).executionStats).toMatchObject({
      nReturned: 1,
      executionStages: { nWouldUpsert: 1 },
    });
    expect(await server.db.collection('c').countDocuments({ c: 1 })).toBe(10);
    expect(await server.db.collection('c').countDocuments()).toBe(20);
  });

  it('is none of findAndModify where there is no database', async () => {
    const other = server.client.db('nowhere');
    for (const rest of [{ remove: true }, { update: { $set: { a: 1 } }, upsert: true }]) {
      const answer = failure(other.command({ explain: { findAndModify: 'c', query: { _id: 0 }, ...rest } }));
      expect(await answer).toMatchObject({ code: 26, message: 'database nowhere does not exist' });
    }
    expect(await names({ findAndModify: 'none', remove: true })).toBe('EOF');
  });
});

describe('a plan of count, distinct and aggregate', () => {
  it.each([
    ['RECORD_STORE_FAST_COUNT', { count: 'c' }],
    ['COUNT < COUNT_SCAN', { count: 'c', query: { a: 1 } }],
    ['COUNT < COUNT_SCAN', { count: 'c', query: { a: { $gte: 1 } }, skip: 1, limit: 2 }],
    ['COUNT < FETCH < IXSCAN', { count: 'c', query: { a: { $in: [1, 2] } } }],
    ['COUNT < FETCH < IXSCAN', { count: 'c', query: { a: 1, b: { $mod: [2, 0] } } }],
    ['COUNT < COLLSCAN', { count: 'c', query: { c: 1 }, limit: 2, skip: 1 }],
    ['COUNT < EOF', { count: 'none' }],
    ['COUNT < EOF', { count: 'c', query: { c: { $in: [] } } }],
    ['FETCH < IXSCAN', { distinct: 'c', key: 'c', query: { a: 1 } }],
    ['COLLSCAN', { distinct: 'c', key: 'c' }],
    ['EXPRESS_IXSCAN', { aggregate: 'c', pipeline: [{ $match: { _id: 1 } }], cursor: {} }],
    ['EXPRESS_IXSCAN', { aggregate: 'c', pipeline: [{ $match: { u: 'u1' } }, { $limit: 1 }], cursor: {} }],
    ['LIMIT < FETCH < IXSCAN', { aggregate: 'c', pipeline: [{ $match: { a: 1 } }, { $limit: 2 }], cursor: {} }],
  ])('is %s', async (expected, command) => {
    expect(await names(command)).toBe(expected);
  });

  it('counts', async () => {
    expect(await stats({ count: 'c', skip: 3, limit: 5 })).toMatchObject({ nCounted: 5, nSkipped: 3, nReturned: 0 });
    expect(await stats({ count: 'c', query: { a: 1 }, skip: 2 })).toMatchObject({ nCounted: 3, nSkipped: 2 });
    expect(await stats({ count: 'c', query: { a: 1 }, limit: -2 })).toMatchObject({ nCounted: 2 });
  });

  it('goes on with the stages of a pipeline that no plan serves', async () => {
    const group = { $group: { _id: '$c' } };
    const { stages } = await explain({ aggregate: 'c', pipeline: [{ $match: { a: 1 } }, group], cursor: {} });
    expect(stages).toMatchObject([
      {
        $cursor: {
          queryPlanner: { winningPlan: { stage: 'FETCH', inputStage: { stage: 'IXSCAN' } } },
          executionStats: { nReturned: 5 },
        },
      },
      group,
    ]);
  });
});
