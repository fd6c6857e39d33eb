import type { OutboxEntry } from './core';
import type { Ledger } from './ledger';
import type { Core } from './planted-core';

/** Of the newest messages, so many are looked at for doubles at every change; at the end, all are. */
const LOOKED_AT = 200;
/** And so many of the entries that were typed first: only what is in flight can be there as a message. */
const IN_FLIGHT = 20;

type Snapshot = ReturnType<InstanceType<Core['ConversationSync']>['snapshot']>;

/** Looks at what a device's screen would show, whenever that changes, and writes down what may never stand there. */
export class ScreenWatch {
  private readonly doubles = new Set<string>();

  constructor(
    private readonly core: Core,
    private readonly ledger: Ledger,
    private readonly device: string,
    private readonly personId: string,
  ) {}

  /** A conversation has changed: one message a place, no hole, nothing that comes and goes. */
  shown(snapshot: Snapshot, entries: readonly OutboxEntry[]): void {
    this.lookForDoubles(snapshot, entries);
    const { messages } = snapshot;
    const first = messages[0]?.seq ?? 0;
    const astray = messages.findIndex(({ seq }, index) => seq !== first + index);
    if (astray < 0) return;
    this.ledger.sightings.push({
      kind: 'outOfOrder',
      what: `${this.device} shows seq ${messages[astray]?.seq} behind ${messages[astray - 1]?.seq}`,
    });
  }

  /** No message stands there twice, not even for the moment between its ack and the end of its entry. */
  lookForDoubles(snapshot: Snapshot, entries: readonly OutboxEntry[]): void {
    const list = new this.core.BubbleList(snapshot, entries.slice(0, IN_FLIGHT), this.personId);
    const seen = new Set<string>();
    for (const { id, clientId, body } of list.between(list.tail.last - LOOKED_AT, list.tail.last)) {
      // Neither is like the other: both are UUIDs or ids of the database.
      for (const name of [id, clientId]) {
        if (name === undefined) continue;
        if (seen.has(name) && !this.doubles.has(name)) {
          this.doubles.add(name);
          this.ledger.sightings.push({ kind: 'duplicate', what: `${this.device} shows "${body}" twice` });
        }
        seen.add(name);
      }
    }
  }
}
