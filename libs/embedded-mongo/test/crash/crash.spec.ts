import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generator } from '../generator.js';
import { temporaryFolder } from '../temporary.js';
import { DAMAGES } from './damage.js';
import { expectAgreement, expectWritten } from './expected.js';
import { endAll, readAll, writeUntilKilled } from './processes.js';

/** How often the writing process is killed; each time it goes on with the same folder. */
const KILLS = process.env['LONG'] ? 100 : 12;
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
