import { describe, expect, it } from 'vitest';
import { failure, serverForFile } from './support.js';

const server = serverForFile();
/** The number of a cursor is sent as it came: a small one, read as a number, would go back as a double. */
const LONGS = { promoteLongs: false };

describe('a cursor', () => {
  it('has another batch behind one that is just full, unless its end is known', async () => {
    const six = server.db.collection<{ _id: number }>('six');
    await six.insertMany([1, 2, 3, 4, 5, 6].map((_id) => ({ _id })));
    const read = async (command: Record<string, unknown>): Promise<number[]> => {
      let { cursor } = await server.db.command(command, LONGS);
      const sizes = [cursor.firstBatch.length];
      while (!cursor.id.isZero()) {
        ({ cursor } = await server.db.command({ getMore: cursor.id, collection: 'six', batchSize: 2 }, LONGS));
        sizes.push(cursor.nextBatch.length);
      }
      return sizes;
    };
    expect(await read({ find: 'six', batchSize: 2 })).toEqual([2, 2, 2, 0]);
    expect(await read({ find: 'six', batchSize: 2, limit: 4 })).toEqual([2, 2]);
    expect(await read({ find: 'six', batchSize: 2, sort: { n: 1 } })).toEqual([2, 2, 2]);
    expect(await read({ aggregate: 'six', pipeline: [], cursor: { batchSize: 2 } })).toEqual([2, 2, 2, 0]);
  });

  it('has a positive number', async () => {
    await server.db.collection('numbered').insertMany([{}, {}]);
    for (let i = 0; i < 20; i++) {
      const { cursor } = await server.db.command({ find: 'numbered', batchSize: 1 }, LONGS);
      expect(cursor.id.greaterThan(0)).toBe(true);
    }
  });

  it('is killed once, however often it is named', async () => {
    await server.db.collection('killed').insertMany([{}, {}, {}]);
    const { cursor } = await server.db.command({ find: 'killed', batchSize: 1 }, LONGS);
    const kill = { killCursors: 'killed', cursors: [cursor.id, null, cursor.id] };
    expect(await server.db.command(kill, LONGS)).toMatchObject({
      cursorsKilled: [cursor.id],
      cursorsNotFound: [cursor.id],
    });
  });

  it('is read on with what its command said of the Stable API', async () => {
    await server.db.collection('stable').insertMany([{}, {}, {}]);
    const strict = { apiVersion: '1', apiStrict: true };
    const { cursor } = await server.db.command({ find: 'stable', batchSize: 1, ...strict }, LONGS);
    const getMore = { getMore: cursor.id, collection: 'stable' };
    for (const [said, shown] of [
      [{}, '{}'],
      [{ apiVersion: '1' }, '{ apiVersion: "1" }'],
    ] as const)
      expect(await failure(server.db.command({ ...getMore, ...said }))).toMatchObject({
        code: 347,
        codeName: 'APIMismatchError',
        message: `API parameter mismatch: getMore used params ${shown}, the cursor-creating command used { apiVersion: "1", apiStrict: true }`,
      });
    expect((await server.db.command({ ...getMore, ...strict })).cursor.nextBatch).toHaveLength(2);
    const pipeline = [{ $out: 'stabler' }];
    expect(await server.db.command({ aggregate: 'stable', pipeline, cursor: {}, ...strict })).toMatchObject({ ok: 1 });
  });
});
