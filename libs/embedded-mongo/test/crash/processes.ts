import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A document as the writing process makes it. */
export interface Written {
  n: number;
  state: 'new' | 'changed';
  tags: string[];
  text: string;
}

/** What the reading process found in a folder. */
export interface Found {
  documents: Written[];
  /** By name of an index: the numbers of the documents in its order, and how many keys its whole walk examined. */
  indexes: Record<string, { numbers: number[]; keys: number }>;
  /** By tag: how many keys and documents a search by it examined and found. */
  tags: Record<string, { keys: number; documents: number }>;
  count: number;
}

/** Processes that run, to be ended when a test fails. */
const running = new Set<ChildProcess>();

function start(script: string, args: readonly string[]): { process: ChildProcess; lines: AsyncIterable<string> } {
  const path = fileURLToPath(new URL(`./${script}`, import.meta.url));
  const started = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  running.add(started);
  started.once('close', () => running.delete(started));
  return { process: started, lines: createInterface({ input: started.stdout }) };
}

/** Ends what still runs. */
export async function endAll(): Promise<void> {
  for (const process of running) {
    const gone = once(process, 'close');
    process.kill('SIGKILL');
    await gone;
  }
}

/**
 * Lets a process write into a folder and kills it when it has printed so many lines, which is in the midst of its
 * next writes: the first when it is about to open the store, the second when its indexes are there.
 * @returns the numbers of the documents that were answered
 */
export async function writeUntilKilled(folder: string, first: number, lines: number): Promise<number[]> {
  const writer = start('writer.mjs', [folder, String(first)]);
  const gone = once(writer.process, 'close');
  const printed: string[] = [];
  for await (const line of writer.lines) if (printed.push(line) === lines) writer.process.kill('SIGKILL');
  const [, signal] = (await gone) as [number | null, string | null];
  if (signal !== 'SIGKILL') throw new Error(`the writer ended by itself after ${printed.join(' ')}`);
  return printed.filter((line) => /^\d+$/.test(line)).map(Number);
}

/** Opens folders one after the other in a process of their own; that it ends in order is part of what is tested. */
export async function readAll(folders: readonly string[], note: string): Promise<(Found | { refused: string })[]> {
  const reader = start('reader.mjs', folders);
  const gone = once(reader.process, 'close');
  const found: (Found | { refused: string })[] = [];
  for await (const line of reader.lines) found.push(JSON.parse(line) as Found | { refused: string });
  const [code, signal] = (await gone) as [number | null, string | null];
  if (code !== 0 || found.length !== folders.length)
    throw new Error(`${note}: the reader ended with ${signal ?? code} at folder ${found.length} of ${folders.length}`);
  return found;
}
