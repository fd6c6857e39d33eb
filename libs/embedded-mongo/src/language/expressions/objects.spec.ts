import { describe, expect, it } from 'vitest';
import { computed, shown } from '../../../test/computed.js';

describe('$mergeObjects of a single array', () => {
  const document = { list: [{ a: 1 }, null, { a: 2, b: 3 }], deep: [{ x: { y: 1 } }, { x: { z: 2 } }], mixed: [{}, 1] };
  it.each([
    [{ $mergeObjects: '$list' }, { a: 2, b: 3 }],
    [{ $mergeObjects: ['$list'] }, { a: 2, b: 3 }],
    [{ $mergeObjects: [[{ a: 1 }, { b: 2 }]] }, { a: 1, b: 2 }],
    [{ $mergeObjects: '$deep.x' }, { y: 1, z: 2 }],
  ])('%j merges its documents', (spec, expected) => {
    expect(computed(spec, document)).toBe(shown(expected));
  });
  it.each([{ $mergeObjects: ['$list', { a: 1 }] }, { $mergeObjects: [{ a: 1 }, []] }, { $mergeObjects: '$mixed' }])(
    '%j is refused',
    (spec) => {
      expect(computed(spec, document)).toBe('E40400');
    },
  );
});

it('reads all that a field is set in before it says that the name is none', () => {
  expect(computed({ $unsetField: { field: '$a', input: { $a: 1 } } })).toBe('E168');
  expect(computed({ $setField: { field: 1, input: {}, value: '$$no' } })).toBe('E17276');
  expect(computed({ $setField: { field: '$a', input: {}, value: 1 } })).toBe('E4161108');
});
