import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { serverForFile } from '../support.js';
import type { NaiveCollection } from './naive.js';
import { runRound, type Collection } from './round.js';

const server = serverForFile();
/** Operations altogether; each round has some hundreds of them, on a collection and with fields of its own. */
const OPERATIONS = Number(process.env['MODEL_OPERATIONS'] ?? (process.env['LONG'] ? 1_000_000 : 20_000));
const ROUND = 500;
const AT_ONCE = 8;
/** Some times what so many collections take at once. */
const MOST_BYTES = 32 * 1024 * 1024;
const GIVEN = process.env['MODEL_SEED'];
const SEED = Number(GIVEN ?? 20_261_124);

const collectionOf = (seed: number): Collection => server.db.collection(`model${seed}`);

describe('the store beside a naive model', () => {
  it(`answers ${OPERATIONS} random operations as a scan of all documents does, from seed ${SEED}`, async () => {
    process.stdout.write(`MODEL_SEED=${SEED} repeats these ${OPERATIONS} operations\n`);
    const rounds = Math.ceil(OPERATIONS / ROUND);
    let next = 0;
    const play = async (): Promise<void> => {
      while (next < rounds) {
        const seed = SEED + next++;
        if (next % 200 === 0) process.stdout.write(`${next * ROUND} operations begun\n`);
        await runRound(collectionOf(seed), seed, ROUND);
        await collectionOf(seed).drop();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, play));
    // Pages of what was dropped and changed are used again: no read has kept them back.
    expect(statSync(join(server.folder, 'data.mdb')).size).toBeLessThan(MOST_BYTES);
  }, 7_200_000);

  it('tells seed, operation and both answers when a document of the model is changed behind its back', async () => {
    const seed = 7;
    const tamper = (model: NaiveCollection): void => {
      const [doc] = model.all();
      if (doc) model.put({ ...doc, planted: true });
    };
    await expect(runRound(collectionOf(seed), seed, ROUND, tamper)).rejects.toThrow(
      /^MODEL_SEED=7, operation \d+: .*\nmodel: .*"?planted.*\nstore: /,
    );
  });
});
