import { isDeepStrictEqual } from 'node:util';
import type mongoose from 'mongoose';
import { check, checkAll } from './answers.js';
import { NaiveCollection } from './naive.js';
import { makeOperation, someFields, type Operation } from './operations.js';
import { Random } from './random.js';
import type { Doc } from './values.js';
import { write } from './writes.js';

export type Collection = mongoose.mongo.Collection<Doc>;

/** The store and the model do not agree. */
export class Disagreement extends Error {
  /** @param expected what the model says, or what is wrong */
  constructor(
    readonly expected: unknown,
    readonly found: unknown,
  ) {
    super('the store and the model disagree');
  }
}

/** @throws Disagreement unless both are the same */
export function agree(found: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(found, expected)) throw new Disagreement(expected, found);
}

/** What a number of operations is followed by a look at all documents and all indexes. */
const LOOK_EVERY = 100;
const READS = new Set<Operation['name']>(['find', 'count', 'distinct']);

/**
 * A number of random operations on one collection and on its model, one after the other.
 * @param tamper is given the model when half of the operations are done; only the test of this test has one
 * @throws Error with the seed, the operation and both answers as soon as they differ
 */
export async function runRound(
  collection: Collection,
  seed: number,
  operations: number,
  tamper?: (model: NaiveCollection) => void,
): Promise<void> {
  const random = new Random(seed);
  const fields = someFields(random);
  const model = new NaiveCollection();
  let last: Operation | undefined;
  for (let number = 1; number <= operations; number++) {
    if (number === operations / 2) tamper?.(model);
    const situation = { fields, documents: model.documents.size, indexes: [...model.indexes.values()] };
    last = makeOperation(situation, random);
    try {
      await (READS.has(last.name) ? check(collection, model, last) : write(collection, model, last));
      if (number % LOOK_EVERY === 0 || number === operations) await checkAll(collection, model);
    } catch (error) {
      throw new Error(report(error, seed, number, last, model), { cause: error });
    }
  }
}

function report(error: unknown, seed: number, number: number, operation: Operation, model: NaiveCollection): string {
  const lines = [`MODEL_SEED=${seed}, operation ${number}: ${show(operation)}`];
  if (error instanceof Disagreement) lines.push(`model: ${show(error.expected)}`, `store: ${show(error.found)}`);
  else lines.push(`the test itself failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  lines.push(`indexes: ${show([...model.indexes.values()])}`);
  return lines.join('\n');
}

function show(value: unknown): string {
  const text = JSON.stringify(value, (_name, inner: unknown) => {
    if (inner instanceof RegExp) return String(inner);
    if (inner instanceof Set) return [...(inner as Set<unknown>)];
    return inner;
  });
  return text === undefined ? 'undefined' : text.replace(/x{100,}/g, (run) => `<${run.length} x>`);
}
