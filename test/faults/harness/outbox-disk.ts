import type { OutboxEntry, OutboxStorage } from './core';
import { SeenDisk } from './seen-disk';

/** What a device keeps over a reload, shared by the tabs of one browser. */
export class OutboxDisk implements OutboxStorage {
  /** What was seen. */
  readonly seen = new SeenDisk();
  private readonly entries = new Map<string, OutboxEntry>();
  private readonly tabs = new Map<OutboxStorage, () => void>();

  /** The storage as one tab has it; `changedElsewhere` is called when another one changes it. */
  tab(changedElsewhere: () => void): OutboxStorage {
    const tab: OutboxStorage = {
      put: async (entry) => {
        await this.put(entry);
        this.tell(tab);
      },
      remove: async (clientId) => {
        await this.remove(clientId);
        this.tell(tab);
      },
      entriesOf: (userId) => this.entriesOf(userId),
    };
    this.tabs.set(tab, changedElsewhere);
    return tab;
  }

  /** Everything that is stored. */
  get all(): OutboxEntry[] {
    return [...this.entries.values()];
  }

  put(entry: OutboxEntry): Promise<void> {
    this.entries.set(entry.clientId, structuredClone(entry));
    return Promise.resolve();
  }

  remove(clientId: string): Promise<void> {
    this.entries.delete(clientId);
    return Promise.resolve();
  }

  entriesOf(userId: string): Promise<OutboxEntry[]> {
    return Promise.resolve(this.all.filter((entry) => entry.userId === userId).map((entry) => structuredClone(entry)));
  }

  /** A tab is closed: it hears no more. */
  forget(tab: OutboxStorage): void {
    this.tabs.delete(tab);
  }

  private tell(teller: OutboxStorage): void {
    for (const [tab, changed] of this.tabs) if (tab !== teller) changed();
  }
}
