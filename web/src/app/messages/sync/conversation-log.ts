import type { ChangePage, Message, MessagePage } from '@parlance/contracts';
import { type LoadedMessages, MessageRuns, type Run } from './message-runs';

/** What became of an event: taken, older than what is known, or held until the gap before it is filled. */
export type Reception = 'applied' | 'dropped' | 'held';

/** How many messages of one conversation stay in memory. */
export interface LoadedLimits {
  /** When there are more, those far away are let go. */
  readonly max: number;
  /** Kept on either side of what is looked at. */
  readonly around: number;
  /** Kept of the newest, wherever one looks. */
  readonly newest: number;
}

export const LOADED: LoadedLimits = { max: 2_000, around: 600, newest: 200 };

/** That a page was asked for; see `expectPage`. */
export type PageTicket = symbol;

/**
 * What one device knows of one conversation: a cursor by `rev`, the newest messages without a gap, and perhaps another
 * stretch further up, which is looked at.
 *
 * Ack, push, history page and catch-up all end in the same `upsert`, which is idempotent: a message stands once, and its
 * highest `rev` wins. The cursor moves only over revs that were seen, never over a hole; an event beyond
 * `cursor + 1` waits in `held` until the changes between have been fetched. A change to a message that is not loaded is
 * left to the page that brings it, also when that page is on its way already and knows nothing of the change.
 */
export class ConversationLog {
  private readonly runs = new MessageRuns();
  private readonly heldByRev = new Map<number, Message>();
  /** Beyond the newest one, because the rev of one between is still to come. */
  private readonly ahead = new Map<number, Message>();
  /** Changes to what is not loaded, while pages are on their way. */
  private readonly strays = new Map<number, Message>();
  private readonly expected = new Set<PageTicket>();
  private newest: readonly Message[] | undefined;
  /** Up to here every message was told. */
  private headSeq = 0;
  private cursorRev: number | undefined;

  constructor(private readonly limits = LOADED) {}

  /** Highest rev up to which everything is known; `undefined` until the latest page is here. */
  get cursor(): number | undefined {
    return this.cursorRev;
  }

  /** Everything that is loaded, without what is held. */
  get loaded(): LoadedMessages {
    return this.runs;
  }

  /** The stretch of the newest messages. */
  get tail(): Run {
    return this.runs.runOf(this.headSeq) ?? { first: this.headSeq + 1, last: this.headSeq };
  }

  /** The newest messages by ascending `seq`, without a gap and without what is held. Put together when asked for. */
  get messages(): readonly Message[] {
    this.newest ??= this.runs.between(this.tail.first, this.tail.last);
    return this.newest;
  }

  /** Events that wait for a gap to be filled, by ascending `rev`. */
  get held(): readonly Message[] {
    return [...this.heldByRev.values(), ...this.ahead.values()].sort((a, b) => a.rev - b.rev);
  }

  /** Highest rev up to which everything is in `messages`, or stands before them. */
  get settledRev(): number | undefined {
    if (this.cursorRev === undefined) return undefined;
    return Math.min(this.cursorRev, ...[...this.ahead.values()].map(({ rev }) => rev - 1));
  }

  /** Whether the conversation has messages before the newest ones that are loaded. */
  get hasOlder(): boolean {
    return this.tail.first > 1;
  }

  /** Takes a single message, from an ack or a push. */
  receive(message: Message): Reception {
    if (this.cursorRev !== undefined && message.rev <= this.cursorRev) return 'dropped';
    if (this.heldByRev.has(message.rev)) return 'dropped';
    this.heldByRev.set(message.rev, message);
    this.release();
    return this.heldByRev.has(message.rev) ? 'held' : 'applied';
  }

  /**
   * Starts over with the latest page, and perhaps another one that was asked for after it; what was held and is beyond
   * the page stays held. Pages that were asked for before are not taken any more.
   */
  startFrom(page: MessagePage, other?: MessagePage): void {
    this.runs.keep([]);
    this.ahead.clear();
    this.expected.clear();
    this.strays.clear();
    this.headSeq = page.items.at(-1)?.seq ?? page.headSeq;
    this.runs.add(page.items);
    if (other) this.runs.add(other.items);
    this.cursorRev = page.headRev;
    this.newest = undefined;
    this.release();
  }

  /** To be called before a page is asked for; `takePage` ends it. */
  expectPage(): PageTicket {
    const ticket = Symbol('page');
    this.expected.add(ticket);
    return ticket;
  }

  /** Puts a page where it belongs; none when it did not come. The cursor does not move. */
  takePage(ticket: PageTicket, page?: MessagePage): void {
    if (!this.expected.delete(ticket)) return;
    if (page) {
      this.runs.add(page.items);
      for (const stray of this.strays.values()) this.runs.update(stray);
      this.newest = undefined;
    }
    if (this.expected.size === 0) this.strays.clear();
  }

  /** Takes all changes after the cursor, in one step, so that no state in between shows a hole. */
  applyChanges(items: readonly Message[], rev: ChangePage['rev']): void {
    for (const message of [...items].sort((a, b) => a.seq - b.seq)) this.upsert(message);
    this.cursorRev = Math.max(this.cursorRev ?? 0, rev);
    this.release();
  }

  /**
   * Lets go of what is far from what is looked at and from the newest, once too much is loaded; tells whether it did.
   * Not while pages are on their way: one of them could bring back an older state of what is gone then.
   */
  letGo(looked: Run = { first: this.headSeq, last: this.headSeq }): boolean {
    if (this.runs.size <= this.limits.max || this.expected.size > 0) return false;
    this.runs.keep([
      { first: looked.first - this.limits.around, last: looked.last + this.limits.around },
      { first: this.headSeq - this.limits.newest + 1, last: Number.POSITIVE_INFINITY },
    ]);
    this.newest = undefined;
    return true;
  }

  private release(): void {
    if (this.cursorRev === undefined) return;
    for (const rev of [...this.heldByRev.keys()].sort((a, b) => a - b)) {
      if (rev > this.cursorRev + 1) break;
      const message = this.heldByRev.get(rev);
      this.heldByRev.delete(rev);
      if (!message || rev <= this.cursorRev) continue;
      this.upsert(message);
      this.cursorRev = rev;
    }
  }

  private upsert(message: Message): void {
    this.newest = undefined;
    if (!this.runs.update(message) && this.expected.size > 0) keepNewer(this.strays, message);
    if (message.seq <= this.headSeq) return;
    keepNewer(this.ahead, message);
    for (let next = this.ahead.get(this.headSeq + 1); next; next = this.ahead.get(this.headSeq + 1)) {
      this.ahead.delete(next.seq);
      this.headSeq = next.seq;
      this.runs.add([next]);
    }
  }
}

function keepNewer(messages: Map<number, Message>, message: Message): void {
  const known = messages.get(message.seq);
  if (!known || known.rev < message.rev) messages.set(message.seq, message);
}
