import { describe, expect, it } from 'vitest';
import { compiling, computed } from '../../../test/computed.js';

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
