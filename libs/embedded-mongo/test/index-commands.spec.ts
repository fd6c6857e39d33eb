import { describe, expect, it } from 'vitest';
import { failure, serverForFile } from './support.js';

const server = serverForFile();

describe('createIndexes', () => {
  it('that fails leaves no collection behind that was not there before', async () => {
    const named = (key: object, name = 'same'): object => ({ key, name });
    const names = async (): Promise<string[]> =>
      (await server.db.listCollections({ name: /^made/ }).toArray()).map(({ name }) => name);
    for (const [code, indexes] of [
      [86, [named({ a: 1 }), named({ b: 1 })]],
      [67, [named({ a: 'text' }, 'a'), named({ b: 1, c: 'text' }, 'b')]],
    ] as const) {
      expect(await failure(server.db.command({ createIndexes: 'made', indexes }))).toMatchObject({ code });
      expect(await names()).toEqual([]);
    }
    await server.db.createCollection('made before');
    const twice = { createIndexes: 'made before', indexes: [named({ a: 1 }), named({ b: 1 })] };
    expect(await failure(server.db.command(twice))).toMatchObject({ code: 86 });
    expect(await names()).toEqual(['made before']);
    expect(await server.db.collection('made before').indexes()).toHaveLength(1);
    const made = await server.db.command({ createIndexes: 'made', indexes: [named({ a: 1 })] });
    expect(made).toMatchObject({ createdCollectionAutomatically: true, numIndexesAfter: 2 });
  });
});

describe('dropIndexes', () => {
  it('drops an index that is named twice, and no other', async () => {
    const collection = server.db.collection('named');
    await collection.createIndexes([{ key: { a: 1 } }, { key: { b: 1 }, unique: true }]);
    await server.db.command({ dropIndexes: 'named', index: ['a_1', 'a_1'] });
    expect((await collection.indexes()).map(({ name }) => name)).toEqual(['_id_', 'b_1']);
    await collection.insertOne({ b: 1 });
    expect(await failure(collection.insertOne({ b: 1 }))).toMatchObject({ code: 11000 });
  });
});
