import { randomInt } from 'node:crypto';
import { mulberry32 } from './mulberry32.mjs';

/** Chance that can be had again: the same seed gives the same numbers in the same order. */
export interface Random {
  readonly seed: number;
  /** From 0 up to, not including, 1. */
  next(): number;
  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number;
  pick<T>(items: readonly T[]): T;
  /** The same items in another order. */
  shuffled<T>(items: readonly T[]): T[];
  /** Chance of its own for one part of a run: how often others ask does not change what it gives. */
  fork(name: string): Random;
}

/** The seed of `--seed`, or a new one. */
export function chosenSeed(): number {
  const given = process.env['FAULTS_SEED'];
  return given ? Number(given) : randomInt(1, 2 ** 31);
}

export function randomOf(seed: number): Random {
  const next = mulberry32(seed);
  const between = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    seed,
    next,
    between,
    pick: (items) => {
      const item = items[between(0, items.length - 1)];
      if (item === undefined) throw new Error('There is nothing to pick from.');
      return item;
    },
    shuffled: (items) => {
      const all = [...items];
      for (let last = all.length - 1; last > 0; last--) {
        const other = between(0, last);
        [all[last], all[other]] = [all[other] as never, all[last] as never];
      }
      return all;
    },
    fork: (name) => randomOf(seedFor(seed, name)),
  };
}

/** FNV-1a over the seed and the name. */
function seedFor(seed: number, name: string): number {
  let hash = 0x811c9dc5;
  for (const character of `${seed} ${name}`) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}
