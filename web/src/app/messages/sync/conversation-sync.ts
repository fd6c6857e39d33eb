import type { ChangePage, Message, MessagePage, Problem } from '@parlance/contracts';
import { backoff } from './backoff';
import type { Clock } from './clock';
import { ConversationLog } from './conversation-log';

/** Where history comes from. Every method rejects with what `describe` can turn into a problem. */
export interface HistorySource {
  /** The latest page. */
  latest(conversationId: string): Promise<MessagePage>;
  /** The page before `seq`. */
  before(conversationId: string, seq: number): Promise<MessagePage>;
  /** What changed after `rev`. */
  changes(conversationId: string, rev: number): Promise<ChangePage>;
  describe(error: unknown): Problem;
}

export type LoadState = 'loading' | 'ready' | 'error';

/** What a screen shows of one conversation; a new object at each change. */
export interface ConversationSnapshot {
  readonly conversationId: string;
  /** State of the latest page; `error` only while there is nothing to show. */
  readonly state: LoadState;
  readonly problem: Problem | null;
  /** Gapless, by ascending `seq`. */
  readonly messages: readonly Message[];
  /** Events beyond a gap that is being filled; only one's own are shown meanwhile. */
  readonly held: readonly Message[];
  readonly hasOlder: boolean;
  readonly older: 'idle' | 'loading' | 'error';
}

/** Events that jump over a rev often come with the missing one right behind: wait this long before asking, in ms. */
export const GAP_DEBOUNCE_MS = 60;

/**
 * Keeps one conversation current: first load, gaps, catch-up and older pages, through one `ConversationLog`. Knows no
 * socket and no framework; whoever owns it feeds `receive` and `noteHead` and calls `catchUp` whenever something may
 * have been missed.
 */
export class ConversationSync {
  private readonly log = new ConversationLog();
  private state: LoadState = 'loading';
  private problem: Problem | null = null;
  private older: ConversationSnapshot['older'] = 'idle';
  private headRev = 0;
  private running: Promise<void> | undefined;
  private again = false;
  private attempts = 0;
  /** Counts runs; answers to one that is not the last are dropped. */
  private generation = 0;
  private cancelTimer: (() => void) | undefined;
  private closed = false;

  constructor(
    readonly conversationId: string,
    private readonly source: HistorySource,
    private readonly clock: Clock,
    private readonly changed: (snapshot: ConversationSnapshot) => void,
  ) {}

  get cursor(): number | undefined {
    return this.log.cursor;
  }

  snapshot(): ConversationSnapshot {
    return {
      conversationId: this.conversationId,
      state: this.state,
      problem: this.problem,
      messages: this.log.messages,
      held: this.log.held,
      hasOlder: this.log.hasOlder,
      older: this.older,
    };
  }

  /** Begins with what this device has kept; does nothing once the server has been heard. */
  restore(items: readonly Message[], rev: number): void {
    if (this.log.cursor !== undefined || items.length === 0) return;
    this.log.startFrom({ items: [...items], headSeq: items.at(-1)?.seq ?? 0, headRev: rev });
    this.state = 'ready';
    this.publish();
  }

  /** One message from an ack or a push. Fetches what lies between when it is beyond a gap. */
  receive(message: Message): void {
    this.headRev = Math.max(this.headRev, message.rev);
    const reception = this.log.receive(message);
    if (reception === 'held' && this.log.cursor !== undefined) this.catchUpSoon(GAP_DEBOUNCE_MS);
    if (reception !== 'dropped') this.publish();
  }

  /** Somebody says that the conversation is at `rev`. */
  noteHead(rev: number): void {
    this.headRev = Math.max(this.headRev, rev);
    if (this.log.cursor !== undefined && rev > this.log.cursor) this.catchUpSoon(GAP_DEBOUNCE_MS);
  }

  /**
   * Loads the latest page, or what changed since the cursor. One request at a time; a call meanwhile runs once more
   * after it. Resolves when this device knew everything the server told, or when an attempt failed and another waits.
   */
  catchUp(): Promise<void> {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.generation += 1;
    const running = this.run(this.generation).finally(() => {
      if (this.running === running) this.running = undefined;
    });
    this.running = running;
    return running;
  }

  /**
   * As `catchUp`, for a new connection: what was asked over the one before may never be answered, so it is not waited
   * for, and an answer that comes all the same is dropped.
   */
  catchUpAfresh(): Promise<void> {
    this.running = undefined;
    return this.catchUp();
  }

  /** Loads the page before the first message known. Does nothing while one is on its way or there is none. */
  async loadOlder(): Promise<void> {
    const first = this.log.messages[0];
    if (!first || !this.log.hasOlder || this.older === 'loading') return;
    this.older = 'loading';
    this.publish();
    try {
      const page = await this.source.before(this.conversationId, first.seq);
      // A reset meanwhile has moved the window; this page would not touch it any more.
      if (this.log.messages[0]?.seq === first.seq) this.log.prepend(page);
      this.older = 'idle';
    } catch {
      this.older = 'error';
    }
    this.publish();
  }

  /** Loads older pages until the message at `seq` is there, or no further page comes. */
  async loadBackTo(seq: number): Promise<void> {
    for (;;) {
      const first = this.log.messages[0]?.seq;
      if (first === undefined || first <= seq) return;
      await this.loadOlder();
      if (this.closed || this.log.messages[0]?.seq === first) return;
    }
  }

  /** Ends all timers; late answers are ignored. */
  close(): void {
    this.closed = true;
    this.cancelTimer?.();
  }

  private async run(generation: number): Promise<void> {
    do {
      this.again = false;
      try {
        const cursor = this.log.cursor;
        const take = await (cursor === undefined ? this.loadLatest() : this.loadChanges(cursor));
        if (generation !== this.generation) return;
        take();
        this.state = 'ready';
        this.problem = null;
      } catch (error) {
        if (generation !== this.generation) return;
        this.fail(this.source.describe(error));
        return;
      } finally {
        if (generation === this.generation) this.publish();
      }
    } while (this.again && !this.closed);
    if (!this.isBehind()) {
      this.attempts = 0;
      return;
    }
    // The answer was older than what an event has told meanwhile.
    this.attempts += 1;
    this.catchUpSoon(backoff(this.clock, this.attempts));
  }

  private isBehind(): boolean {
    return (this.log.cursor ?? -1) < this.headRev || this.problem !== null;
  }

  /** Asks, and answers what is to be done with the answer. */
  private async loadLatest(): Promise<() => void> {
    if (this.state === 'error') {
      this.state = 'loading';
      this.publish();
    }
    const page = await this.source.latest(this.conversationId);
    return () => this.log.startFrom(page);
  }

  private async loadChanges(after: number): Promise<() => void> {
    const items: Message[] = [];
    let rev = after;
    for (;;) {
      const page = await this.source.changes(this.conversationId, rev);
      if (page.reset) return this.loadLatest();
      items.push(...page.items);
      const moved = page.rev > rev;
      rev = Math.max(rev, page.rev);
      if (!page.more || !moved) break;
    }
    return () => this.log.applyChanges(items, rev);
  }

  private fail(problem: Problem): void {
    this.problem = problem;
    if (this.log.cursor === undefined) this.state = 'error';
    // What may not be seen does not come by asking again; everything else heals.
    if (problem.status === 404 || problem.status === 403 || problem.status === 401) return;
    this.attempts += 1;
    this.catchUpSoon(backoff(this.clock, this.attempts, problem.retryAfter));
  }

  private catchUpSoon(ms: number): void {
    if (this.cancelTimer || this.closed) return;
    this.cancelTimer = this.clock.schedule(ms, () => {
      this.cancelTimer = undefined;
      if (this.isBehind()) void this.catchUp();
    });
  }

  private publish(): void {
    if (!this.closed) this.changed(this.snapshot());
  }
}
