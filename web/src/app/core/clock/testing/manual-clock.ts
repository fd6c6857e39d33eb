import type { Clock } from '../clock';

/** Lets everything run that is ready, without any time passing. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** A clock that stands until it is moved; chance is always the middle. */
export class ManualClock implements Clock {
  private time = Date.parse('2026-03-02T12:00:00Z');
  private readonly tasks = new Set<{ at: number; run: () => void }>();

  now(): number {
    return this.time;
  }

  random(): number {
    return 0.5;
  }

  schedule(ms: number, run: () => void): () => void {
    const task = { at: this.time + ms, run };
    this.tasks.add(task);
    return () => this.tasks.delete(task);
  }

  /** Moves on by `ms` and runs, in order, what is due on the way, with all that follows from it. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await settled();
    for (;;) {
      const due = [...this.tasks].filter((task) => task.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.tasks.delete(due);
      this.time = Math.max(this.time, due.at);
      due.run();
      await settled();
    }
    this.time = end;
  }
}
