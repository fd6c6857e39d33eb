import type { Doc } from '../document.js';
import { Long } from 'bson';
import type { Request } from '../wire/message.js';

const COUNTERS = ['insert', 'query', 'update', 'delete', 'getmore', 'command'] as const;

type Counter = (typeof COUNTERS)[number];

/** Where the operations of a batch are, by its command. */
const BATCHES: Readonly<Record<string, { readonly counter: Counter; readonly field: string }>> = {
  insert: { counter: 'insert', field: 'documents' },
  update: { counter: 'update', field: 'updates' },
  delete: { counter: 'delete', field: 'deletes' },
};

/** How many operations have come since the start, as `serverStatus` counts them; those of a `bulkWrite` are one command. */
export class OpCounters {
  private readonly counts: Record<Counter, number> = {
    insert: 0,
    query: 0,
    update: 0,
    delete: 0,
    getmore: 0,
    command: 0,
  };

  /** Counts a request. */
  add({ name, args, sequences }: Request): void {
    const batch = BATCHES[name];
    if (batch) {
      const operations = sequences.get(batch.field) ?? args[batch.field];
      this.counts[batch.counter] += Array.isArray(operations) ? operations.length : 0;
    } else if (name === 'find') this.counts.query++;
    else if (name === 'getMore') this.counts.getmore++;
    else this.counts.command++;
  }

  /** As `serverStatus` shows them. */
  get document(): Doc {
    return Object.fromEntries(COUNTERS.map((name) => [name, Long.fromNumber(this.counts[name])]));
  }
}
