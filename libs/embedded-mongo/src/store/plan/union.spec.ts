import { expect, it } from 'vitest';
import type { Doc } from '../../document.js';
import { conditionsOf } from './bounds.js';
import type { Plan } from './planner.js';
import { unionOf } from './union.js';

it('clauses of a $or are planned with what else is asked, unless both are many', () => {
  const clauses = (count: number) => Array.from({ length: count }, (_, n) => ({ a: n, b: n }));
  const others = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`f${n}`, 1]));
  let planned = 0;
  const planOf = (filter: Doc): Plan => {
    const conditions = conditionsOf(filter);
    planned += conditions.paths.size;
    return { bounded: true, exact: true, conditions } as Plan;
  };
  const union = (filter: Doc) => unionOf(filter, {} as Plan, [], planOf);
  expect(union({ $or: clauses(3), ...others(2) })).toMatchObject({ exact: true });
  expect(planned).toBe(12);
  planned = 0;
  // The whole filter is tested then.
  expect(union({ $or: clauses(10_000), ...others(10_000) })).toMatchObject({ exact: false });
  expect(planned).toBe(20_000);
  const choice = { $or: clauses(2) };
  const choices = Array.from({ length: 300_000 }, () => choice);
  expect(union({ $and: [{ $and: choices }] })?.branches).toHaveLength(2);
});
