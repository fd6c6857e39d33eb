import { describe, expect, it } from '@jest/globals';
import { Overloaded } from '../errors/index.js';
import { BoundedQueue } from './bounded-queue.js';

/** Tasks that end when told to. */
function tasks(queue: BoundedQueue) {
  const started: number[] = [];
  const finish: (() => void)[] = [];
  const run = (id: number) =>
    queue.run(async () => {
      started.push(id);
      await new Promise<void>((resolve) => (finish[id] = resolve));
      return id;
    });
  return { started, run, finish: (id: number) => finish[id]?.() };
}

describe('BoundedQueue', () => {
  it('runs no more than so many at a time, the others in the order in which they came', async () => {
    const { started, run, finish } = tasks(new BoundedQueue({ concurrency: 2, capacity: 2, retryAfter: 2 }));
    const results = [run(0), run(1), run(2), run(3)];
    expect(started).toEqual([0, 1]);
    finish(1);
    await results[1];
    expect(started).toEqual([0, 1, 2]);
    finish(0);
    await results[0];
    finish(2);
    finish(3);
    expect(await Promise.all(results)).toEqual([0, 1, 2, 3]);
  });

  it('refuses what would have to wait behind a full queue, with a time to come back', async () => {
    const { run, finish } = tasks(new BoundedQueue({ concurrency: 1, capacity: 1, retryAfter: 2 }));
    const results = [run(0), run(1)];
    await expect(run(2)).rejects.toMatchObject({ type: Overloaded, details: { retryAfter: 2 } });
    finish(0);
    await results[0];
    finish(1);
    await expect(results[1]).resolves.toBe(1);
  });

  it('goes on after a task that failed', async () => {
    const queue = new BoundedQueue({ concurrency: 1, capacity: 1, retryAfter: 2 });
    await expect(queue.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(queue.run(() => Promise.resolve('next'))).resolves.toBe('next');
  });
});
