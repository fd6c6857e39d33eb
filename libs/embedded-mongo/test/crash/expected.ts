import { expect } from 'vitest';
import type { Found } from './processes.js';

const ascending = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b);

/** Every index has what the documents ask of it, in its order, and the count is theirs. */
export function expectAgreement({ documents, indexes, tags, count }: Found, note: string): void {
  const numbers = ascending(documents.map(({ n }) => n));
  const changed = documents.filter(({ state }) => state === 'changed').map(({ n }) => n);
  const all = documents.flatMap((document) => document.tags);
  expect(count, note).toBe(documents.length);
  expect(indexes['n_1'], note).toEqual({ numbers, keys: numbers.length });
  expect(indexes['state_1']?.keys, note).toBe(changed.length);
  expect(ascending(indexes['state_1']?.numbers ?? []), note).toEqual(ascending(changed));
  expect(indexes['tags_1_n_-1']?.keys, note).toBe(all.length);
  expect(ascending(indexes['tags_1_n_-1']?.numbers ?? []), note).toEqual(numbers);
  for (const tag of new Set(all)) {
    const having = all.filter((other) => other === tag).length;
    expect(tags[tag], `${note}, ${tag}`).toEqual({ keys: having, documents: having });
  }
}

/**
 * A document that was begun may be at any of its steps; one that was answered has taken them all.
 * @param times how many times as long texts are, as the writer was told
 */
export function expectWritten({ documents }: Found, answered: ReadonlySet<number>, note: string, times = 1): void {
  for (const { n, state, tags, text } of documents) {
    expect(text, note).toBe(String(n).padEnd(times * (n % 11 === 0 ? 3000 : n % 13 === 0 ? 20_000 : 50), '.'));
    expect(tags, `${note}: ${n}`).toEqual(state === 'changed' ? ['changed'] : [`t${n % 7}`, 'all']);
  }
  const stored = new Map(documents.map((document) => [document.n, document]));
  for (const n of answered) {
    const wanted = n % 5 === 0 ? undefined : n % 3 === 0 ? 'changed' : 'new';
    expect(stored.get(n)?.state, `${note}: ${n} was answered`).toBe(wanted);
  }
}
