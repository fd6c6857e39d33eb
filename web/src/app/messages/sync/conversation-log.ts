import type { ChangePage, Message, MessagePage } from '@parlance/contracts';

/** What became of an event: taken, older than what is known, or held until the gap before it is filled. */
export type Reception = 'applied' | 'dropped' | 'held';

/**
 * What one device knows of one conversation: a gapless run of messages by `seq`, and a cursor by `rev`.
 *
 * Ack, push, history page and catch-up all end in the same `upsert`, which is idempotent: a message stands once, and its
 * highest `rev` wins. The cursor moves only over revs that were seen, never over a hole; an event beyond
 * `cursor + 1` waits in `held` until the changes between have been fetched.
 */
export class ConversationLog {
  private readonly bySeq = new Map<number, Message>();
  private readonly heldByRev = new Map<number, Message>();
  private ordered: readonly Message[] | undefined = [];
  /** First `seq` that belongs here; smaller ones come with their own page. */
  private windowStart = 1;
  private cursorRev: number | undefined;

  /** Highest rev up to which everything is known; `undefined` until the latest page is here. */
  get cursor(): number | undefined {
    return this.cursorRev;
  }

  /** Messages by ascending `seq`, without what is held. The same array until something changes. */
  get messages(): readonly Message[] {
    this.ordered ??= [...this.bySeq.values()].sort((a, b) => a.seq - b.seq);
    return this.ordered;
  }

  /** Events that wait for a gap to be filled, by ascending `rev`. */
  get held(): readonly Message[] {
    return [...this.heldByRev.values()].sort((a, b) => a.rev - b.rev);
  }

  /** Whether the conversation has messages before the first one known here. */
  get hasOlder(): boolean {
    return this.windowStart > 1;
  }

  /** Takes a single message, from an ack or a push. */
  receive(message: Message): Reception {
    if (this.cursorRev !== undefined && message.rev <= this.cursorRev) return 'dropped';
    if (this.heldByRev.has(message.rev)) return 'dropped';
    this.heldByRev.set(message.rev, message);
    this.release();
    return this.heldByRev.has(message.rev) ? 'held' : 'applied';
  }

  /** Starts over with the latest page; what was held and is beyond the page stays held. */
  startFrom(page: MessagePage): void {
    this.bySeq.clear();
    this.ordered = undefined;
    this.windowStart = page.items[0]?.seq ?? page.headSeq + 1;
    for (const message of page.items) this.upsert(message);
    this.cursorRev = page.headRev;
    this.release();
  }

  /** Puts a page of older messages in front. The cursor does not move. */
  prepend(page: MessagePage): void {
    this.windowStart = page.items[0]?.seq ?? 1;
    for (const message of page.items) this.upsert(message);
  }

  /** Takes all changes after the cursor, in one step, so that no state in between shows a hole. */
  applyChanges(items: readonly Message[], rev: ChangePage['rev']): void {
    for (const message of items) this.upsert(message);
    this.cursorRev = Math.max(this.cursorRev ?? 0, rev);
    this.release();
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
    // An edit of a message before the window would tear a hole.
    if (message.seq < this.windowStart) return;
    const known = this.bySeq.get(message.seq);
    if (known && known.rev >= message.rev) return;
    this.bySeq.set(message.seq, message);
    this.ordered = undefined;
  }
}
