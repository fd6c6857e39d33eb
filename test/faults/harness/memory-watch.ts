import type { ApiMemory, ApiProcess } from './api-process';
import { readLong } from './records';

/** What memory may grow by between two like loads. */
const GROWTH = 1.2;

const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(1);

interface Memory extends ApiMemory {
  /** What the devices hold, with everything else in this process. */
  readonly swarm: number;
}

type Part = keyof Memory;

const NAMES: Record<Part, string> = {
  main: 'the main thread of the API',
  store: 'the worker of the store',
  anonymous: 'the process of the API',
  swarm: 'the swarm',
};

/** A growth of fewer bytes tells nothing. */
const NOISE = 2 * 2 ** 20;

/**
 * Whether anybody holds on to what they should let go of. It is measured in one process, after full collections: once
 * when everybody is there and has written, and again at the end. A process that was started anew in between has another
 * beginning, so that the last one is judged by a load of its own.
 */
export class MemoryWatch {
  private first: { pid: number; memory: Memory } | undefined;
  /** What is judged. The rest grows with the first load, whoever leaks: only where that came before the beginning. */
  private parts: readonly Part[] = ['main', 'store'];

  constructor(private readonly api: ApiProcess) {}

  /** From here on nothing may pile up. The first call counts for a process, later ones do nothing. */
  async begin(): Promise<void> {
    if (this.first?.pid === this.api.pid) return;
    this.first = { pid: this.api.pid, memory: await this.measure() };
  }

  /** As `begin`, but everybody has written so much that the process and the devices have all they need. */
  async beginWarm(): Promise<void> {
    this.parts = ['main', 'store', 'anonymous', 'swarm'];
    await readLong(this.api.dataDir);
    this.first = { pid: this.api.pid, memory: await this.measure() };
  }

  /** Fails when somebody holds more than they may. `load` is what everybody does meanwhile in a process without a beginning. */
  async end(load: () => Promise<void>): Promise<void> {
    if (this.first?.pid !== this.api.pid) {
      await load();
      await this.begin();
      await load();
    }
    const before = this.first?.memory;
    const after = await this.measure();
    if (!before) throw new Error('Memory was never measured.');
    const grown = this.parts.filter((part) => after[part] > Math.max(before[part] * GROWTH, before[part] + NOISE));
    if (grown.length === 0) return;
    const what = grown.map((part) => `${NAMES[part]} from ${mib(before[part])} to ${mib(after[part])} MiB`);
    throw new Error(`Memory grew: ${what.join(', ')}.`);
  }

  private async measure(): Promise<Memory> {
    const { gc } = globalThis;
    if (!gc) throw new Error('Run this with --expose-gc.');
    for (let round = 0; round < 3; round++) gc();
    const { heapUsed, external } = process.memoryUsage();
    return { ...(await this.api.memory()), swarm: heapUsed + external };
  }
}
