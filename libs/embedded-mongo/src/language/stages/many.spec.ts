import { describe, expect, it } from 'vitest';
import type { Doc } from '../../document.js';
import { NO_OTHERS, runPipeline } from '../pipeline.js';
import { BINARY } from '../values/ordering.js';
import { Foreign } from './foreign.js';

const MANY = 100_000;
const many = Array.from({ length: MANY }, (_, n) => n);
const fields = (value: unknown): Doc => Object.fromEntries(many.map((n) => [`f${n}`, value]));
const run = (docs: readonly Doc[], ...stages: Doc[]): Doc[] => [...runPipeline(docs, stages, NO_OTHERS, {})];
const numbers = (count: number): Doc[] => Array.from({ length: count }, (_, n) => ({ n }));

describe('many at once', () => {
  it('fields that are computed', () => {
    const [added] = run([{}], { $addFields: fields(1) });
    expect(Object.keys(added ?? {})).toHaveLength(MANY);
    const [windows] = run([{ f7: 0 }], { $setWindowFields: { output: fields({ $sum: 1 }) } });
    expect(Object.keys(windows ?? {})).toHaveLength(MANY);
    expect(() => run([], { $setWindowFields: { output: { 'a.b': { $sum: 1 }, a: { $sum: 1 } } } })).toThrow('conflict');
  }, 20_000);

  it('elements of an array that is sorted by, beside a long one', () => {
    const a = [fields(1), ...many.map(() => ({}))];
    expect(
      run(
        [
          { n: 1, a },
          { n: 2, a: [] },
        ],
        { $sort: { a: -1 } },
      ),
    ).toMatchObject([{ n: 1 }, { n: 2 }]);
  }, 20_000);

  it('boundaries of buckets', () => {
    const found = run(numbers(MANY), { $bucket: { groupBy: '$n', boundaries: [...many, MANY] } }, { $count: 'all' });
    expect(found).toMatchObject([{ all: { value: MANY } }]);
  }, 20_000);

  it('documents that are the first, or the last', () => {
    const count = 400_000;
    const choose = (name: string, n: number): Doc => ({ [name]: { n, sortBy: { n: 1 }, output: '$n' } });
    const group = (docs: Doc[], name: string): unknown[] => {
      const [found = {}] = run(docs, { $group: { _id: null, found: choose(name, count / 2) } });
      return found['found'] as unknown[];
    };
    expect(group(numbers(count).reverse(), '$topN').slice(0, 2)).toEqual([0, 1]);
    expect(group(numbers(count), '$bottomN').slice(0, 2)).toEqual([count / 2, count / 2 + 1]);
  }, 20_000);

  it('values that lead to the same documents, and elements that lead on', () => {
    const documents = many.map(() => ({ a: 1 }));
    const foreign = new Foreign(
      () => documents,
      () => undefined,
      BINARY,
    );
    expect(foreign.withAny('a', [...documents.map(({ a }) => a), 2])).toHaveLength(MANY);
    const a = Array.from({ length: 1_000_000 }, (_, n) => n % 10);
    const others = { ...NO_OTHERS, all: () => [{ _id: 1, a }] };
    const stage = { $graphLookup: { from: 'c', startWith: 1, connectFromField: 'a', connectToField: '_id', as: 'r' } };
    const [found] = [...runPipeline([{ a }], [stage], others, {})];
    expect(found?.['r']).toHaveLength(1);
  }, 20_000);
});

it('what is equal goes out of the first ones as the last, and of the last ones as the first', () => {
  const docs = [2, 1, 2, 1, 2, 3, 1, 3].map((k, n) => ({ k, n }));
  const named = (name: string): Doc => ({ [name]: { n: 3, sortBy: { k: 1 }, output: '$n' } });
  expect(run(docs, { $group: { _id: null, top: named('$topN'), bottom: named('$bottomN') } })).toEqual([
    { _id: null, top: [1, 3, 6], bottom: [4, 5, 7] },
  ]);
});
