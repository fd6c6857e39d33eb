import type { ApiProcess } from './api-process';

/** What the API's memory may grow by between two like loads. */
const GROWTH = 1.2;

const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(1);

/**
 * Whether the API holds on to what it should let go of. It is measured in one process, after a full collection: once
 * when everybody is there and has written, and again at the end. A process that was started anew in between has another
 * beginning, so that the last one is judged by a load of its own.
 */
export class MemoryWatch {
  private first: { pid: number; bytes: number } | undefined;

  constructor(private readonly api: ApiProcess) {}

  /** From here on nothing may pile up. The first call counts for a process, later ones do nothing. */
  async begin(): Promise<void> {
    if (this.first?.pid === this.api.pid) return;
    this.first = { pid: this.api.pid, bytes: await this.api.memory() };
  }

  /** Fails when the API holds more than it may. `load` is what everybody does meanwhile in a process without a beginning. */
  async end(load: () => Promise<void>): Promise<void> {
    if (this.first?.pid !== this.api.pid) {
      await load();
      await this.begin();
      await load();
    }
    const before = this.first?.bytes ?? 0;
    const after = await this.api.memory();
    if (after > before * GROWTH) throw new Error(`The API's memory grew from ${mib(before)} to ${mib(after)} MiB.`);
  }
}
