import type { Clock, ListRecord, RunRecord } from './core';
import type { Core } from './planted-core';

/** As much of a store of IndexedDB as the client's cache asks for, with values of its own, as a disk has. */
class SeenStore<T extends { userId: string }> {
  private readonly records = new Map<string, T>();

  constructor(private readonly keyOf: (record: T) => string) {}

  get all(): T[] {
    return [...this.records.values()].map((record) => structuredClone(record));
  }

  get(key: string): Promise<T | undefined> {
    return Promise.resolve(structuredClone(this.records.get(key)));
  }

  put(record: T): Promise<void> {
    this.records.set(this.keyOf(record), structuredClone(record));
    return Promise.resolve();
  }

  delete(key: string): Promise<void> {
    this.records.delete(key);
    return Promise.resolve();
  }

  index(name: 'userId') {
    return { getAll: (value: string) => Promise.resolve(this.all.filter((record) => record[name] === value)) };
  }
}

/** Where the client's own `ConversationCache` keeps what a device has seen, shared by the tabs of one browser. */
export class SeenDisk {
  private readonly lists = new SeenStore<ListRecord>(({ userId }) => userId);
  private readonly runs = new SeenStore<RunRecord>(({ conversationId }) => conversationId);

  /** Everything that is kept. */
  get all(): (ListRecord | RunRecord)[] {
    return [...this.lists.all, ...this.runs.all];
  }

  /** As `LocalDatabase.read`, `put` and `delete`: on a device whose database is this person's and nobody else's. */
  async read<T>(name: 'lists' | 'runs', work: (store: unknown) => Promise<T>): Promise<T> {
    return work(this[name]);
  }

  async put(_userId: string, name: 'lists' | 'runs', give: () => ListRecord | RunRecord | undefined): Promise<void> {
    const record = give();
    if (record) await (this[name] as SeenStore<ListRecord | RunRecord>).put(record);
  }

  async delete(name: 'lists' | 'runs', key: string): Promise<void> {
    await this[name].delete(key);
  }
}

/** The client's cache, on this disk. */
export function cacheOn(disk: SeenDisk, core: Core, clock: Clock): InstanceType<Core['ConversationCache']> {
  const { CLOCK, ConversationCache, Injector, LocalDatabase, runInInjectionContext } = core;
  const providers = [
    { provide: LocalDatabase, useValue: disk },
    { provide: CLOCK, useValue: clock },
  ];
  return runInInjectionContext(Injector.create({ providers }), () => new ConversationCache());
}
