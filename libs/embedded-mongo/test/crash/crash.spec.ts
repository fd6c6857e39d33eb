import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generator } from '../generator.js';
import { temporaryFolder } from '../temporary.js';
import { DAMAGES } from './damage.js';
import { endAll, readAll, writeUntilKilled, type Found } from './processes.js';

/** How often the writing process is killed; each time it goes on with the same folder. */
const KILLS = process.env['LONG'] ? 100 : 20;
const SEED = Number(process.env['CRASH_SEED'] ?? 20_261_124);
/** Numbers of documents that each process has for itself. */
const EACH = 1_000_000;

let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  await endAll();
  rmSync(folder, { recursive: true, force: true });
});

const ascending = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b);

/** Every index has what the documents ask of it, in its order, and the count is theirs. */
function expectAgreement({ documents, indexes, tags, count }: Found, note: string): void {
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

/** A document that was begun may be at any of its steps; one that was answered has taken them all. */
function expectWritten({ documents }: Found, answered: ReadonlySet<number>, note: string): void {
  for (const { n, state, tags, text } of documents) {
    expect(text, note).toBe(String(n).padEnd(n % 11 === 0 ? 3000 : n % 13 === 0 ? 20_000 : 50, '.'));
    expect(tags, `${note}: ${n}`).toEqual(state === 'changed' ? ['changed'] : [`t${n % 7}`, 'all']);
  }
  const stored = new Map(documents.map((document) => [document.n, document]));
  for (const n of answered) {
    const wanted = n % 5 === 0 ? undefined : n % 3 === 0 ? 'changed' : 'new';
    expect(stored.get(n)?.state, `${note}: ${n} was answered`).toBe(wanted);
  }
}

describe('the store', () => {
  it(`loses nothing over ${KILLS} kills at random moments, and opens a damaged file whole or not at all`, async () => {
    const random = generator(SEED);
    const answered = new Set<number>();
    const outcomes = { opened: 0, refused: 0 };
    let unanswered = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      // One in ten is killed while it opens the store, the others after up to 200 answers.
      const lines = kill % 10 === 9 ? 1 : 2 + Math.floor(random() * 200);
      const note = `seed ${SEED}, kill ${kill} at line ${lines}`;
      for (const n of await writeUntilKilled(folder, kill * EACH, lines)) answered.add(n);
      const damaged = DAMAGES.map((damage, i) => {
        const copy = join(folder, `copy${i}`);
        mkdirSync(copy);
        const file = join(copy, 'data.mdb');
        copyFileSync(join(folder, 'data.mdb'), file);
        if (existsSync(join(folder, 'data.journal')))
          copyFileSync(join(folder, 'data.journal'), join(copy, 'data.journal'));
        return { copy, file, how: damage(file, random), before: readFileSync(file) };
      });
      const [found, ...others] = await readAll([folder, ...damaged.map(({ copy }) => copy)], note);
      if (!found || 'refused' in found) throw new Error(`${note}: ${found?.refused}`);
      expectAgreement(found, note);
      expectWritten(found, answered, note);
      unanswered += found.documents.filter(({ n }) => n >= kill * EACH && !answered.has(n)).length;
      damaged.forEach(({ copy, file, how, before }, i) => {
        const other = others[i];
        if (other && 'refused' in other) {
          outcomes.refused++;
          expect(other.refused, `${note}, ${how}`).toMatch(/is damaged: |was not written by /);
          expect(readFileSync(file).equals(before), `${note}, ${how}: it was left as it was`).toBe(true);
        } else {
          outcomes.opened++;
          expect(other, `${note}, ${how}`).toEqual(found);
        }
        rmSync(copy, { recursive: true });
      });
    }
    process.stdout.write(
      `${KILLS} kills: ${answered.size} documents answered, ${unanswered} stored and not answered; ` +
        `damaged copies: ${outcomes.opened} opened whole, ${outcomes.refused} refused\n`,
    );
    // Kills came in the midst of writes: some of them were stored, and nobody was told.
    expect(unanswered).toBeGreaterThan(0);
    // Some damage met pages in use.
    expect(outcomes.refused).toBeGreaterThan(0);
  }, 900_000);
});
