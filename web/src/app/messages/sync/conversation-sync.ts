import type { Message, Problem } from '@parlance/contracts';
import { backoff } from './backoff';
import type { Clock } from '../../core/clock/clock';
import { ConversationLog, type LoadedLimits } from './conversation-log';
import { HistoryPages, type PageState } from './history-pages';
import type { HistorySource } from './history-source';
import type { LoadedMessages, Run } from './message-runs';

export type LoadState = 'loading' | 'ready' | 'error';
/** What a screen shows of one conversation; a new object at each change. */
export interface ConversationSnapshot {
  readonly conversationId: string;
  /** State of the latest page; `error` only while there is nothing to show. */
  readonly state: LoadState;
  readonly problem: Problem | null;
  /** The newest ones, gapless, by ascending `seq`; put together when they are asked for. */
  readonly messages: readonly Message[];
  /** Where `messages` begin and end. */
  readonly tail: Run;
  /** Everything that is loaded, also further up. */
  readonly loaded: LoadedMessages;
  /** Events beyond a gap that is being filled; only one's own are shown meanwhile. */
  readonly held: readonly Message[];
  readonly hasOlder: boolean;
  /** The page before what is looked at. */
  readonly older: PageState;
  /** The page after it, when what is looked at lies apart from the newest. */
  readonly newer: PageState;
}

/** What whoever owns a `ConversationSync` may want besides. */
export interface SyncOptions {
  readonly limits?: LoadedLimits;
  /** Catch-up has told these states of messages, of those that are loaded and of others. */
  readonly caughtUp?: (changes: readonly Message[]) => void;
  /** The latest page was taken, and nobody tells what changed before it. */
  readonly startedOver?: () => void;
}

/** Events that jump over a rev often come with the missing one right behind: wait this long before asking, in ms. */
export const GAP_DEBOUNCE_MS = 60;

/**
 * Keeps one conversation current: first load, gaps and catch-up, through the one `ConversationLog` that `HistoryPages` fills
 * as well. Knows no socket and no framework; whoever owns it feeds `receive` and `noteHead` and calls `catchUp` whenever
 * something may have been missed.
 */
export class ConversationSync {
  private readonly log: ConversationLog;
  private readonly pages: HistoryPages;
  private state: LoadState = 'loading';
  private problem: Problem | null = null;
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
    private readonly options: SyncOptions = {},
  ) {
    this.log = new ConversationLog(options.limits);
    this.pages = new HistoryPages(conversationId, source, this.log, () => this.publish());
  }

  get cursor(): number | undefined {
    return this.log.cursor;
  }

  /** The newest messages, so many at most, and the rev up to which they are current; absent until there are some. */
  end(count: number): { messages: Message[]; rev: number } | undefined {
    const { tail, loaded, settledRev: rev } = this.log;
    if (rev === undefined) return undefined;
    return { messages: loaded.between(Math.max(tail.first, tail.last - count + 1), tail.last), rev };
  }

  snapshot(): ConversationSnapshot {
    const { log, pages } = this;
    return {
      conversationId: this.conversationId,
      state: this.state,
      problem: this.problem,
      get messages() {
        return log.messages;
      },
      tail: log.tail,
      loaded: log.loaded,
      held: log.held,
      hasOlder: log.hasOlder,
      older: pages.older,
      newer: pages.newer,
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

  /**
   * Somebody looks at this stretch, or at nothing any more: what is far from it and from the newest is let go once too
   * much is loaded, and `loadOlder` and `loadNewer` continue it.
   */
  look(at: Run | undefined): void {
    this.pages.look(at);
    if (this.log.letGo(at)) this.publish();
  }

  /** Loads the page before what is looked at. Does nothing while one is on its way or there is none. */
  loadOlder(): Promise<void> {
    return this.pages.loadOlder();
  }

  /** Loads the page after what is looked at. Does nothing while one is on its way or the newest is there. */
  loadNewer(): Promise<void> {
    return this.pages.loadNewer();
  }

  /** Loads what stands around `seq`, unless that is there. Resolves to whether it is. */
  reach(seq: number): Promise<boolean> {
    return this.pages.reach(seq);
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
    const first = this.pages.lookedAt?.first ?? Number.POSITIVE_INFINITY;
    // Somebody looks at something further up: they stay there.
    const looked = first < (page.items[0]?.seq ?? 0) ? await this.source.around(this.conversationId, first) : undefined;
    return () => {
      this.log.startFrom(page, looked);
      this.options.startedOver?.();
    };
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
    return () => {
      this.log.applyChanges(items, rev);
      this.options.caughtUp?.(items);
    };
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
    if (this.closed) return;
    this.log.letGo(this.pages.lookedAt);
    this.changed(this.snapshot());
  }
}
