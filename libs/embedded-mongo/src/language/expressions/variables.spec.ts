import { describe, expect, it } from 'vitest';
import { compiling, computed } from '../../../test/computed.js';
import { compileExpression, scopeOf } from '../expression.js';
import { BINARY } from '../values/ordering.js';

describe('variables', () => {
  it.each([
    [{ $let: { vars: [1], in: 1 } }, 'E9'],
    [{ $let: { vars: [], in: 'a' } }, '"a"'],
    [{ $let: { vars: 'a', in: 1 } }, 'E10065'],
    ['$$ROOT.', 'E40353'],
    ['$$ROOT..a', 'E15998'],
    ['$$.', 'E9'],
    ['$$NOW', 'E51144'],
  ])('%j is %s', (spec, expected) => {
    expect(computed(spec)).toBe(expected);
  });
  it('misses those that are not available once it is asked for them', () => {
    expect(compiling(['$$NOW', '$$CLUSTER_TIME'])).toBe('');
  });
});

it('many variables are not copied for each of many elements', () => {
  const many = Array.from({ length: 20_000 }, (_, n) => n);
  const variables = Object.fromEntries(many.map((n) => [`v${n}`, n]));
  const own = { $let: { vars: { y: '$$x' }, in: { $concatArrays: [['$$y'], ['$$v7']] } } };
  const spec = { $map: { input: { $filter: { input: '$a', cond: { $gte: ['$$this', 0] } } }, as: 'x', in: own } };
  const compute = compileExpression(spec, { ordering: BINARY, known: new Set(Object.keys(variables)) });
  expect((compute(scopeOf({ a: many }, variables)) as unknown[]).at(-1)).toEqual([19_999, 7]);
}, 20_000);
