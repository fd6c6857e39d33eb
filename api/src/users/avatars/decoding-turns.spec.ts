import { describe, expect, it } from '@jest/globals';
import { DecodingTurns } from './decoding-turns.js';

/** Work that begins when it is its turn and ends when it is told to. */
class Jobs {
  readonly begun: number[] = [];
  private readonly ends = new Map<number, (outcome: Promise<void>) => void>();

  constructor(private readonly turns: DecodingTurns) {}

  start(id: number): Promise<void> {
    return this.turns.run(() => {
      this.begun.push(id);
      return new Promise<void>((resolve) => this.ends.set(id, resolve));
    });
  }

  end(id: number, outcome: Promise<void> = Promise.resolve()): void {
    this.ends.get(id)?.(outcome);
  }
}

describe('DecodingTurns', () => {
  it('lets two run at once and the others follow in their order', async () => {
    const jobs = new Jobs(new DecodingTurns());
    const running = [1, 2, 3, 4].map((id) => jobs.start(id));
    expect(jobs.begun).toEqual([1, 2]);
    jobs.end(2);
    await running[1];
    jobs.end(1);
    await running[0];
    expect(jobs.begun).toEqual([1, 2, 3, 4]);
    jobs.end(3);
    jobs.end(4);
    await Promise.all(running);
  });

  it('goes on after work that failed', async () => {
    const jobs = new Jobs(new DecodingTurns());
    const running = [1, 2, 3].map((id) => jobs.start(id));
    jobs.end(1, Promise.reject(new Error('not a picture')));
    await expect(running[0]).rejects.toThrow('not a picture');
    expect(jobs.begun).toEqual([1, 2, 3]);
    jobs.end(2);
    jobs.end(3);
    await Promise.all([running[1], running[2]]);
  });

  it('asks to come back later when too many wait', async () => {
    const jobs = new Jobs(new DecodingTurns());
    const running = Array.from({ length: 34 }, (_, id) => jobs.start(id));
    await expect(jobs.start(34)).rejects.toMatchObject({ type: { status: 503 }, details: { retryAfter: 5 } });
    for (const [id, job] of running.entries()) {
      jobs.end(id);
      await job;
    }
    expect(jobs.begun).toHaveLength(34);
  });
});
