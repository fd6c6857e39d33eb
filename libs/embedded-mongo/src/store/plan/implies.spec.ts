import { expect, it } from 'vitest';
import { BINARY } from '../../language/values/ordering.js';
import { checkPartialFilter } from '../../commands/indexes/partial-filter.js';
import { implies } from './implies.js';

const clauses = (count: number, value: number) =>
  Array.from({ length: count }, (_, n) => ({ [`f${n}`]: value, [`g${n}`]: { $gte: value } }));

it('of the conditions of a partial index there may be many', () => {
  const filter = { $and: clauses(20_000, 1) };
  expect(implies(filter, { $and: clauses(20_000, 1) }, BINARY)).toBe(true);
  expect(implies(filter, { $and: clauses(20_000, 1), f7: 2 }, BINARY)).toBe(false);
  expect(() => checkPartialFilter({ $and: clauses(300_000, 1) })).not.toThrow();
}, 20_000);
