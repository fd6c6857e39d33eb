/** Web Locks as one browser has them, for test runners that have none: exclusive, first come, first served. */
export class BrowserLocks implements Pick<LockManager, 'request'> {
  private readonly queues = new Map<string, (() => Promise<void>)[]>();
  /** What every request is refused with, if anything. */
  refusal: Error | undefined;

  request(name: string, ...rest: unknown[]): Promise<never> {
    const work = rest.at(-1) as (lock: Pick<Lock, 'name'> | null) => unknown;
    const { signal, ifAvailable } = (rest.length > 1 ? rest[0] : {}) as LockOptions;
    const { refusal } = this;
    if (refusal) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      const turn = async () => {
        if (signal?.aborted) return;
        await Promise.resolve()
          .then(() => work({ name }))
          .then((result) => resolve(result as never), reject);
      };
      signal?.addEventListener('abort', () => reject(new DOMException('The request was given up.', 'AbortError')));
      if (ifAvailable && this.queues.has(name)) {
        Promise.resolve()
          .then(() => work(null))
          .then((result) => resolve(result as never), reject);
        return;
      }
      const queue = this.queues.get(name) ?? [];
      this.queues.set(name, queue);
      queue.push(turn);
      if (queue.length === 1) void this.serve(name, queue);
    });
  }

  /** As one tab asks for them: when it is closed, what it holds is free and what it waits for is wanted no more. */
  ofTab(): Pick<LockManager, 'request'> & { close(): void } {
    const closed = new AbortController();
    const end = new Promise<void>((resolve) => closed.signal.addEventListener('abort', () => resolve()));
    return {
      request: (name: string, ...rest: unknown[]) => {
        const work = rest.pop() as (lock: unknown) => unknown;
        const held = (lock: unknown) => (closed.signal.aborted ? undefined : Promise.race([work(lock), end]));
        return this.request(name, ...rest, held);
      },
      close: () => closed.abort(),
    };
  }

  /** One after the other; each holds the lock until its work is done. */
  private async serve(name: string, queue: (() => Promise<void>)[]): Promise<void> {
    for (let turn = queue[0]; turn; turn = queue[0]) {
      await turn();
      queue.shift();
    }
    this.queues.delete(name);
  }
}
