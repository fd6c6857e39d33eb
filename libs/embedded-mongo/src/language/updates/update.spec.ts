import { describe, expect, it } from 'vitest';
import type { Doc } from '../../document.js';
import { collationOf } from '../values/collation.js';
import { orderingOf } from '../values/ordering.js';
import { compileUpdate } from './update.js';
import { checkConflicts } from './update-paths.js';
import { matchedIndex } from './update-positions.js';
import { upsertBase } from './upsert.js';

const MANY = 100_000;
const many = Array.from({ length: MANY }, (_, n) => n);
const fields = <T>(value: (n: number) => T): Record<string, T> =>
  Object.fromEntries(many.map((n) => [`f${n}`, value(n)]));
const applied = (update: Doc, before: Doc, arrayFilters: Doc[] = []): Doc =>
  compileUpdate(update, arrayFilters).apply({ _id: 1, ...before }, { inserting: false, filter: {} });
const deep = (levels: number): string => Array.from({ length: levels }, () => 'a').join('.');

describe('updates of many fields and values', () => {
  it('of many fields', () => {
    expect(Object.keys(applied({ $set: fields((n) => n) }, {}))).toHaveLength(MANY + 1);
    expect(
      Object.keys(
        applied(
          { $unset: fields(() => 1) },
          fields(() => 1),
        ),
      ),
    ).toEqual(['_id']);
    expect(
      applied(
        { $rename: fields((n) => `g${n}`) },
        fields(() => 1),
      ),
    ).toHaveProperty('g9', 1);
  }, 30_000);

  it('of many elements by several paths', () => {
    const a = many.map(() => ({ b: 1, c: 1 }));
    const after = applied({ $set: { 'a.$[].b': 2, 'a.$[x].c': 2 } }, { a }, [{ 'x.b': 1 }]);
    expect((after['a'] as Doc[]).at(-1)).toEqual({ b: 2, c: 2 });
  }, 30_000);

  it('of many values', () => {
    const others = many.map((n) => n + MANY);
    expect(applied({ $addToSet: { a: { $each: [...others, ...others] } } }, { a: many })['a']).toHaveLength(2 * MANY);
    expect(applied({ $pullAll: { a: many } }, { a: [...many, ...others] })['a']).toEqual(others);
    expect(applied({ $pull: { a: many } }, { a: [...others, many] })['a']).toEqual(others);
    const numbers = Array.from({ length: 1_000_000 }, () => 1);
    const pushed = applied({ $push: { a: { $each: numbers, $position: -1 } } }, { a: [2, 3] })['a'] as unknown[];
    expect([pushed.length, pushed[0], pushed[1], pushed.at(-1)]).toEqual([1_000_002, 2, 1, 3]);
  }, 30_000);

  it('with a collation', () => {
    const ordering = orderingOf(collationOf({ locale: 'en', strength: 2 }));
    const texts = many.slice(0, 50_000).map((n) => `Text ${n}`);
    const others = texts.map((text) => text.toUpperCase());
    const pull = (argument: unknown) =>
      compileUpdate(argument, [], { ordering }).apply({ a: [...texts, 'left'] }, { inserting: false, filter: {} });
    expect(pull({ $pull: { a: { $in: others } } })).toEqual({ a: ['left'] });
    expect(pull({ $pullAll: { a: others } })).toEqual({ a: ['left'] });
  }, 30_000);

  it('the element that the last of many values was found at', () => {
    expect(matchedIndex({ a: many }, { a: { $all: many } }, {}, true)).toBe(MANY - 1);
  }, 10_000);
});

describe('paths of an update', () => {
  it.each([
    [['a', 'b', 'a'], 'a', 'a'],
    [['a.b', 'a-b', 'a'], 'a.b', 'a'],
    [['c.d', 'c', 'a.b', 'a', 'a.a'], 'a.a', 'a'],
    [['a.$[].b', 'a.0'], 'a.0', 'a'],
    [['a.0', 'a-b.$[]', 'a.$[x].b', 'a.1'], 'a.$[x].b', 'a'],
    [['a.b.0.c', 'a.b.$[].c', 'a.b.$[].d'], 'a.b.$[].c', 'a.b'],
  ])('%j meet', (paths, path, at) => {
    expect(() => checkConflicts(paths)).toThrow(`Updating the path '${path}' would create a conflict at '${at}'`);
  });

  it.each([[['a.b', 'a.c', 'a-b', 'ab']], [['a.$[].b', 'a.$[x].c', 'a-b.0', 'b.0']], [['a.$.b', 'a.0']]])(
    '%j do not meet',
    (paths) => expect(() => checkConflicts(paths)).not.toThrow(),
  );

  it('of many levels are refused where they would be made, and else lead to nothing', () => {
    const path = deep(1_000_000);
    expect(() => applied({ $set: { [path]: 1 } }, {})).toThrow('Document exceeds maximum nesting depth of 180');
    expect(applied({ $unset: { [path]: 1 } }, { a: { a: 1 } })).toEqual({ _id: 1, a: { a: 1 } });
    expect(() => upsertBase({ [path]: 1 }, false)).toThrow('Document exceeds maximum nesting depth of 180');
    expect(() => applied({ $set: { [deep(181)]: 1 } }, {})).not.toThrow();
    expect(() => applied({ $set: { [`${path}.$[].a`]: 1 } }, {})).toThrow('must exist in the document');
    expect(applied({ $rename: { [`a${'.$['.repeat(300_000)}`]: 'b' } }, { c: 1 })).toEqual({ _id: 1, c: 1 });
  }, 10_000);
});

describe('the document that an upsert begins with', () => {
  it('has all of many fields', () => {
    expect(
      Object.keys(
        upsertBase(
          fields(() => 1),
          false,
        ),
      ),
    ).toHaveLength(MANY);
    const $all = Array.from({ length: 1_000_000 }, () => 1);
    expect(() => upsertBase({ a: { $all } }, false)).toThrow(`path 'a' is matched twice`);
  }, 10_000);

  it.each([
    [{ a: 1, 'a.b': 1 }, `both paths 'a.b' and 'a' are matched`],
    [{ 'a.b': 1, 'a.c': 1, a: 1 }, `both paths 'a' and 'a.b' are matched`],
    [{ 'a.b': 1, $and: [{ 'a.b': 2 }] }, `path 'a.b' is matched twice`],
  ])('%j', (filter, why) => {
    expect(() => upsertBase(filter, false)).toThrow(why);
  });
});
