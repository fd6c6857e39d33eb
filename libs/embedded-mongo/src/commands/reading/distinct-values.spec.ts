import { expect, it } from 'vitest';
import { collationOf } from '../../language/values/collation.js';
import { orderingOf } from '../../language/values/ordering.js';
import { DistinctValues } from './distinct-values.js';

it('many values are told apart by a collation, each as it came first and in order', () => {
  const values = new DistinctValues(orderingOf(collationOf({ locale: 'en', strength: 2 })));
  const texts = Array.from({ length: 100_000 }, (_, n) => `Text ${(n * 7919) % 100_000}`.padEnd(11));
  for (const text of [...texts, ...texts.map((text) => text.toUpperCase()), 2, 1]) values.add(text);
  const found = values.inOrder();
  expect(found).toHaveLength(100_002);
  expect(found.slice(0, 3)).toEqual([1, 2, 'Text 0     ']);
}, 20_000);
