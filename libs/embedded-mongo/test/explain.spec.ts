import { describe, expect, it } from 'vitest';
import { explainer, type Doc } from './explained.js';
import { failure } from './support.js';

const { server, explain, plan, names } = explainer();

describe('a plan of find', () => {
  it.each([
    ['COLLSCAN', { filter: { c: 1 } }],
    ['FETCH < IXSCAN', { filter: { a: 1 } }],
    ['FETCH < IXSCAN', { sort: { _id: -1 } }],
    ['FETCH < IXSCAN', { filter: { _id: { $gt: 5 } } }],
    ['COLLSCAN', { hint: { $natural: 1 } }],
    ['SORT < COLLSCAN', { sort: { c: 1 } }],
    ['SORT < COLLSCAN', { sort: { c: 1 }, limit: 3 }],
    ['SKIP < SORT < COLLSCAN', { sort: { c: 1 }, skip: 1, limit: 3 }],
    ['LIMIT < SKIP < COLLSCAN', { skip: 1, limit: 3 }],
    ['LIMIT < FETCH < IXSCAN', { filter: { a: 1 }, sort: { b: 1 }, limit: 3 }],
    ['PROJECTION_SIMPLE < COLLSCAN', { projection: { a: 1, _id: 0 } }],
    ['PROJECTION_SIMPLE < SORT < COLLSCAN', { projection: { a: true }, sort: { c: 1 } }],
    ['LIMIT < PROJECTION_DEFAULT < COLLSCAN', { projection: { a: 0 }, limit: 1 }],
    ['PROJECTION_DEFAULT < COLLSCAN', { projection: { 'a.b': 1 } }],
    ['PROJECTION_DEFAULT < COLLSCAN', { projection: { n: { $add: ['$a', 1] } } }],
    ['EXPRESS_IXSCAN', { filter: { _id: 3 } }],
    ['EXPRESS_IXSCAN', { filter: { _id: { $eq: 3 } }, projection: { a: 1 } }],
    ['EXPRESS_IXSCAN', { filter: { u: 'u3' } }],
    ['PROJECTION_DEFAULT < FETCH < IXSCAN', { filter: { u: 'u3' }, projection: { a: 0 } }],
    ['FETCH < IXSCAN', { filter: { _id: { $in: [1, 2] } } }],
    ['EOF', { filter: { c: { $in: [] } } }],
    ['EOF', { filter: { c: 1, u: { $in: [] } }, sort: { c: 1 }, skip: 1, limit: 2, projection: { c: 1 } }],
    ['EOF', { filter: { $and: [{ c: 1 }, { d: { $elemMatch: { x: { $in: [] } } } }] } }],
    ['EOF', { filter: { $alwaysFalse: 1 }, hint: 'u_1' }],
  ])('is %s for %j', async (expected, rest) => {
    expect(await names({ find: 'c', ...rest })).toBe(expected);
  });

  it.each([
    ['EXPRESS_IXSCAN', [{ a: 1 }, {}], { filter: { a: 1 }, limit: 1 }],
    ['LIMIT < FETCH < IXSCAN', [{ a: 1 }, {}], { filter: { a: 1 }, limit: 2 }],
    ['LIMIT < FETCH < IXSCAN', [{ a: 1 }, {}], { filter: { a: { $gt: 1 } }, limit: 1 }],
    ['EXPRESS_IXSCAN', [{ a: -1, b: 1 }, {}], { filter: { a: 1 }, limit: 1 }],
    ['LIMIT < FETCH < IXSCAN', [{ b: 1, a: 1 }, {}], { filter: { b: 1, a: 1 }, limit: 1 }],
    ['EXPRESS_IXSCAN', [{ a: 1 }, { sparse: true }], { filter: { a: 1 }, limit: 1 }],
    ['EXPRESS_IXSCAN', [{ a: 1 }, { partialFilterExpression: { a: { $lt: 5 } } }], { filter: { a: 1 }, limit: 1 }],
    ['EXPRESS_IXSCAN', [{ list: 1 }, {}], { filter: { list: 2 }, limit: 1 }],
    ['EXPRESS_IXSCAN', [{ list: 1 }, { unique: true }], { filter: { list: 2 } }],
    ['FETCH < IXSCAN', [{ a: 1, b: 1 }, { unique: true }], { filter: { a: 1 } }],
  ] as const)('is %s with the index %j for %j', async (expected, [key, options], rest) => {
    const shortCut = server.db.collection('shortCut');
    await shortCut.drop();
    await shortCut.insertMany([
      { a: 1, b: 1, list: [1, 2] },
      { a: 7, list: 3 },
    ]);
    await shortCut.createIndex(key, options);
    expect(await names({ find: 'shortCut', ...rest })).toBe(expected);
  });

  it('tells where an index leads into arrays, as far as that is kept', async () => {
    const arrays = server.db.collection('arrays');
    await arrays.createIndexes([{ key: { a: 1, list: 1, 'd.e': 1 } }, { key: { 'd.f': 1 } }]);
    await arrays.insertMany([{ a: 1, list: [1], d: { e: 1, f: [2] } }]);
    const scanOf = async (filter: Doc): Promise<unknown> => (await plan({ find: 'arrays', filter }))['inputStage'];
    expect(await scanOf({ a: 1 })).toMatchObject({
      isMultiKey: true,
      multiKeyPaths: { a: [], list: ['list'], 'd.e': [] },
    });
    expect(await scanOf({ 'd.f': 2 })).toMatchObject({ isMultiKey: true });
    expect(await scanOf({ 'd.f': 2 })).not.toHaveProperty('multiKeyPaths');
    expect(await scanOf({ _id: { $gt: 1 } })).toMatchObject({ isMultiKey: false, multiKeyPaths: { _id: [] } });
  });

  it('reads nothing where nothing can be found, and refuses what is no filter all the same', async () => {
    const { executionStats } = await explain({ find: 'c', filter: { c: { $in: [] } } });
    expect(executionStats).toMatchObject({ nReturned: 0, totalKeysExamined: 0, totalDocsExamined: 0 });
    const found = (filter: object) => server.db.collection('c').find(filter).toArray();
    expect(await found({ c: { $in: [] } })).toEqual([]);
    expect(await found({ $or: [{ c: { $in: [] } }, { u: 'u3' }] })).toHaveLength(1);
    expect(await found({ c: { $not: { $in: [] } } })).toHaveLength(20);
    expect(await found({ $nor: [{ c: { $in: [] } }] })).toHaveLength(20);
    for (const filter of [{ c: { $in: [], $what: 1 } }, { $alwaysFalse: 2 }, { c: { $in: [] }, $what: 1 }])
      expect((await failure(found(filter)))['code']).toBeDefined();
    expect(
      await failure(
        server.db
          .collection('c')
          .find({ c: { $in: [] } })
          .hint('no')
          .toArray(),
      ),
    ).toMatchObject({ code: 2 });
  });

  it('is EOF where there is no collection', async () => {
    const { queryPlanner, executionStats } = await explain({ find: 'none', filter: { a: 1 } });
    expect(queryPlanner).toMatchObject({ namespace: 'tests.none', winningPlan: { stage: 'EOF' } });
    expect(executionStats).toMatchObject({ nReturned: 0, totalDocsExamined: 0, executionStages: { stage: 'EOF' } });
  });

  it('tells of each stage what it has done', async () => {
    const { queryPlanner, executionStats } = await explain({
      find: 'c',
      filter: { a: { $in: [1, 2] }, c: 1 },
      sort: { c: 1 },
      skip: 1,
      limit: 2,
      projection: { b: 1 },
    });
    expect(queryPlanner).toMatchObject({
      namespace: 'tests.c',
      indexFilterSet: false,
      parsedQuery: { $and: [{ c: { $eq: 1 } }, { a: { $in: [1, 2] } }] },
      rejectedPlans: [],
      winningPlan: { isCached: false, stage: 'PROJECTION_SIMPLE', transformBy: { b: 1 } },
    });
    expect(queryPlanner.winningPlan).not.toHaveProperty('nReturned');
    expect(executionStats).toMatchObject({
      executionSuccess: true,
      nReturned: 2,
      totalKeysExamined: 10,
      totalDocsExamined: 10,
      allPlansExecution: [],
      executionStages: {
        stage: 'PROJECTION_SIMPLE',
        nReturned: 2,
        advanced: 2,
        isEOF: 1,
        inputStage: {
          stage: 'SKIP',
          skipAmount: 1,
          nReturned: 2,
          inputStage: {
            stage: 'SORT',
            sortPattern: { c: 1 },
            limitAmount: 3,
            type: 'simple',
            usedDisk: false,
            nReturned: 3,
            inputStage: {
              stage: 'FETCH',
              docsExamined: 10,
              nReturned: 5,
              needTime: 5,
              inputStage: {
                stage: 'IXSCAN',
                keyPattern: { a: 1, b: -1 },
                indexName: 'a_1_b_-1',
                isMultiKey: false,
                isUnique: false,
                isSparse: false,
                isPartial: false,
                indexVersion: 2,
                direction: 'forward',
                indexBounds: { a: ['[1, 1]', '[2, 2]'], b: ['[MaxKey, MinKey]'] },
                keysExamined: 10,
                nReturned: 10,
              },
            },
          },
        },
      },
    });
  });

  it('executes nothing for its planner only', async () => {
    const answer = await explain({ find: 'c', filter: { a: 1 } }, 'queryPlanner');
    expect(answer).not.toHaveProperty('executionStats');
    expect(answer.queryPlanner.winningPlan).not.toHaveProperty('docsExamined');
    expect(await explain({ find: 'c' }, 'executionStats')).not.toHaveProperty('executionStats.allPlansExecution');
    expect(await failure(explain({ find: 'c', filter: { $or: 5 } }, 'queryPlanner'))).toMatchObject({ code: 2 });
    expect(await failure(explain({ find: 'c', projection: { a: 1, b: 0 } }, 'queryPlanner'))).toMatchObject({
      code: 31254,
    });
  });

  it('tells what went wrong while it was executed', async () => {
    const filter = { $expr: { $eq: [{ $divide: ['$a', '$c'] }, 1] } };
    const failed = { executionSuccess: false, errorMessage: "can't $divide by zero", errorCode: 2 };
    const { queryPlanner, executionStats } = await explain({ find: 'c', filter });
    expect(queryPlanner.winningPlan).toMatchObject({ stage: 'COLLSCAN' });
    expect(executionStats).toMatchObject({ ...failed, nReturned: 0, executionStages: { stage: 'COLLSCAN' } });
    expect((await explain({ count: 'c', query: filter })).executionStats).toMatchObject(failed);
    expect(await explain({ find: 'c', filter }, 'queryPlanner')).not.toHaveProperty('executionStats');
    expect((await explain({ find: 'c' })).executionStats).not.toHaveProperty('errorCode');
    const pipeline = [{ $match: filter }, { $group: { _id: '$c' } }];
    expect(await failure(explain({ aggregate: 'c', pipeline, cursor: {} }))).toMatchObject({ code: 2 });
  });

  it('tells of a sort that is too large without the name of the command', async () => {
    const text = 'x'.repeat(1 << 23);
    for (let i = 0; i < 14; i++) await server.db.collection('large').insertOne({ text, i });
    const { executionStats } = await explain({ find: 'large', sort: { i: 1 } }, 'executionStats');
    const errorMessage = 'Sort exceeded memory limit of 104857600 bytes, but did not opt in to external sorting.';
    expect(executionStats).toMatchObject({ executionSuccess: false, errorMessage, errorCode: 292 });
    expect(executionStats.executionStages).toMatchObject({ stage: 'SORT', inputStage: { stage: 'COLLSCAN' } });
  });

  it('names the command and the server', async () => {
    expect(await explain({ find: 'c', filter: { a: 1 } }, 'queryPlanner')).toMatchObject({
      explainVersion: '1',
      command: { find: 'c', filter: { a: 1 }, $db: 'tests' },
      serverInfo: { host: expect.any(String), version: '8.0.0' },
    });
  });

  it.each([
    [{ a: 1 }, { a: { $eq: 1 } }],
    [{ b: { $gt: 1, $lt: 5 } }, { $and: [{ b: { $lt: 5 } }, { b: { $gt: 1 } }] }],
    [{ a: /x/i }, { a: { $regex: 'x', $options: 'i' } }],
    [{ a: { $regex: 'x', $options: 'i' } }, { a: { $regex: 'x', $options: 'i' } }],
    [{ a: { $ne: 1 } }, { a: { $not: { $eq: 1 } } }],
    [{ a: { $nin: [1, 2] } }, { a: { $not: { $in: [1, 2] } } }],
    [{ a: { $in: [1] } }, { a: { $eq: 1 } }],
    [{ a: { $in: [7, 3, /x/, 5, 3] } }, { a: { $in: [3, 5, 7, /x/] } }],
    [{ $or: [{ a: 5 }, { a: { $eq: 3 } }] }, { a: { $in: [3, 5] } }],
    [{ $or: [{ a: 1 }, { a: 1 }] }, { a: { $eq: 1 } }],
    [{ $or: [{ a: /^x/ }, { a: 'ab' }, { a: { $regex: /y/ } }] }, { a: { $in: ['ab', /^x/, /y/] } }],
    [{ $or: [{ a: 1 }, { b: 9 }, { a: 2 }] }, { $or: [{ b: { $eq: 9 } }, { a: { $in: [1, 2] } }] }],
    [
      { $or: [{ $or: [{ a: 1 }, { a: 2 }] }, { $or: [{ a: 3 }, { b: 4 }] }] },
      { $or: [{ a: { $eq: 3 } }, { b: { $eq: 4 } }, { a: { $in: [1, 2] } }] },
    ],
    [{ $or: [{ a: { $lt: 2 } }, { a: { $gt: 3 } }] }, { $or: [{ a: { $lt: 2 } }, { a: { $gt: 3 } }] }],
    [
      { $and: [{ a: 1 }, { $or: [{ b: 1 }, { c: 2 }] }] },
      { $and: [{ $or: [{ b: { $eq: 1 } }, { c: { $eq: 2 } }] }, { a: { $eq: 1 } }] },
    ],
    [{}, {}],
  ])('shows the filter %j as it is read', async (filter, parsedQuery) => {
    expect((await explain({ find: 'c', filter }, 'queryPlanner')).queryPlanner.parsedQuery).toEqual(parsedQuery);
  });
});
