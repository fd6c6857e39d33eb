import { Injectable, computed, effect, inject, signal, untracked } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import type { Conversation, ConversationMarker, Problem } from '@parlance/contracts';
import { merge } from 'rxjs';
import { Session } from '../core/identity/session';
import { toProblem } from '../core/problem/problem';
import { Realtime } from '../core/realtime/realtime';
import { CLOCK } from '../core/clock/clock-token';
import { ConversationApi } from './conversation-api';
import { ConversationCache } from './conversation-cache';
import { Outbox } from './outbox';
import { backoff } from './sync/backoff';
import { lastActivity } from './sync/conversation-summary';
import type { LoadState } from './sync/conversation-sync';
import { SummarySync } from './sync/summary-sync';

/** The conversations of the person signed in: who, how far, what is unread. Newest activity first. */
@Injectable({ providedIn: 'root' })
export class ConversationStore {
  private readonly api = inject(ConversationApi);
  private readonly cache = inject(ConversationCache);
  private readonly clock = inject(CLOCK);
  private readonly session = inject(Session);
  private readonly byId = signal<ReadonlyMap<string, Conversation>>(new Map());
  private readonly summaries = new SummarySync(this.api, this.clock, (all) => this.byId.set(all));
  private readonly listState = signal<LoadState>('loading');
  private readonly listProblem = signal<Problem | null>(null);
  private readonly nextCursor = signal<string | undefined>(undefined);
  private readonly pageState = signal<'idle' | 'loading' | 'error'>('idle');
  private readonly ownId = computed(() => this.session.user()?.id);
  private refreshing: Promise<void> | undefined;
  private refreshAgain = false;
  /** Counts runs of `refresh`; answers to one that is not the last are dropped. */
  private generation = 0;
  /** The server has told the first page; what was there before is only what this device has kept. */
  private hasFirstPage = false;
  private attempts = 0;
  private cancelRetry: (() => void) | undefined;

  /** All that are loaded, newest activity first. */
  readonly conversations = computed<readonly Conversation[]>(() =>
    [...this.byId().values()].sort((a, b) => {
      const [left, right] = [lastActivity(a), lastActivity(b)];
      return left === right ? (a.id < b.id ? -1 : 1) : left < right ? 1 : -1;
    }),
  );

  /** Unread messages over all conversations that are loaded. */
  readonly totalUnread = computed(() => this.conversations().reduce((sum, { unread }) => sum + unread, 0));

  /** State of the list; `error` only while there is nothing to show. */
  readonly state = this.listState.asReadonly();
  readonly problem = this.listProblem.asReadonly();
  readonly hasMore = computed(() => this.nextCursor() !== undefined);
  /** State of the next page. */
  readonly more = this.pageState.asReadonly();

  constructor() {
    const realtime = inject(Realtime);
    merge(realtime.on('message:created'), realtime.on('message:updated'), inject(Outbox).delivered$)
      .pipe(takeUntilDestroyed())
      .subscribe((message) => this.summaries.takeMessage(message));
    merge(realtime.on('conversation:created'), realtime.on('conversation:updated'))
      .pipe(takeUntilDestroyed())
      .subscribe((conversation) => this.summaries.take([conversation]));
    realtime
      .on('conversation:removed')
      .pipe(takeUntilDestroyed())
      .subscribe(({ id }) => this.summaries.remove(id));
    realtime
      .on('conversation:marker')
      .pipe(takeUntilDestroyed())
      .subscribe((marker) => this.applyMarker(marker));
    realtime
      .on('user:updated')
      .pipe(takeUntilDestroyed())
      .subscribe((user) => this.summaries.takeUser(user));
    effect(() => {
      const ownId = this.ownId();
      const conversations = this.conversations();
      if (ownId && this.listState() === 'ready') this.cache.keepList(ownId, conversations);
    });
    effect(() => {
      const ownId = this.ownId();
      untracked(() => {
        this.clear(ownId);
        if (ownId) void this.refresh();
      });
    });
  }

  /** One of the loaded conversations, as a signal read. */
  conversation(conversationId: string): Conversation | undefined {
    return this.byId().get(conversationId);
  }

  /**
   * Loads what changed since the last time, or the first page. One at a time; a call meanwhile runs once more after it.
   * Never rejects: what went wrong stands in `problem`, and it is tried again.
   */
  refresh(): Promise<void> {
    this.cancelRetry?.();
    this.cancelRetry = undefined;
    if (this.refreshing) {
      this.refreshAgain = true;
      return this.refreshing;
    }
    const run = this.runRefresh().finally(() => {
      // A run for somebody who has signed out meanwhile has been replaced.
      if (this.refreshing === run) this.refreshing = undefined;
    });
    this.refreshing = run;
    return run;
  }

  /**
   * As `refresh`, for a new connection: what was asked over the one before may never be answered, so it is not waited for,
   * and an answer that comes all the same is dropped.
   */
  refreshAfresh(): Promise<void> {
    this.refreshing = undefined;
    return this.refresh();
  }

  /** Loads the next page of conversations with less recent activity. */
  async loadMore(): Promise<void> {
    const cursor = this.nextCursor();
    if (cursor === undefined || this.pageState() === 'loading') return;
    const ownId = this.ownId();
    this.pageState.set('loading');
    try {
      const asked = this.summaries.asking();
      const page = await this.api.list(cursor);
      if (ownId !== this.ownId()) return;
      this.summaries.take(page.items, asked);
      this.nextCursor.set(page.next);
      this.pageState.set('idle');
    } catch {
      if (ownId === this.ownId()) this.pageState.set('error');
    }
  }

  /** Makes sure that a conversation is loaded. Rejects with what `toProblem` understands, e.g. status 404. */
  async ensure(conversationId: string): Promise<void> {
    if (!this.byId().has(conversationId)) await this.summaries.load(conversationId);
  }

  /** Finds or makes the conversation with this person and answers its id. Rejects with what `toProblem` understands. */
  async openDirect(userId: string): Promise<string> {
    const asked = this.summaries.asking();
    const conversation = await this.api.openDirect(userId);
    this.summaries.take([conversation], asked);
    return conversation.id;
  }

  /** Somebody says that a conversation is at `rev`. */
  noteHead(conversationId: string, rev: number): void {
    this.summaries.noteHead(conversationId, rev);
  }

  /** Takes over how far a member has come. */
  applyMarker(marker: ConversationMarker): void {
    this.summaries.takeMarker(marker);
  }

  private async runRefresh(): Promise<void> {
    const ownId = this.ownId();
    const generation = ++this.generation;
    const isOver = () => generation !== this.generation || ownId !== this.ownId();
    do {
      this.refreshAgain = false;
      if (this.listState() === 'error') this.listState.set('loading');
      try {
        await this.loadChanged(isOver);
        if (isOver()) return;
        this.attempts = 0;
        this.listState.set('ready');
        this.listProblem.set(null);
      } catch (error) {
        if (isOver()) return;
        this.failRefresh(toProblem(error));
        return;
      }
    } while (this.refreshAgain);
  }

  /**
   * Pages until one brings nothing new, for what changed while we were away stands in front; and until everything that is
   * listed here was told again, for a deletion, an edit or a marker moves nothing to the front.
   */
  private async loadChanged(isOver: () => boolean): Promise<void> {
    const untold = new Map([...this.byId().keys()].map((id) => [id, this.summaries.revOf(id)]));
    const begun = this.summaries.asking();
    let cursor: string | undefined;
    do {
      const asked = this.summaries.asking();
      const page = await this.api.list(cursor);
      if (isOver()) return;
      const allNew = page.items.every((item) => this.summaries.revOf(item.id) < item.headRev);
      this.summaries.take(page.items, asked);
      for (const { id } of page.items) untold.delete(id);
      if (!this.hasFirstPage) this.nextCursor.set(page.next);
      cursor = untold.size > 0 || (this.hasFirstPage && allNew) ? page.next : undefined;
    } while (cursor !== undefined);
    this.hasFirstPage = true;
    // The server does not know these any more, unless they have moved to the front meanwhile.
    for (const [id, rev] of untold) if (this.summaries.revOf(id) === rev) this.summaries.remove(id, begun);
  }

  private failRefresh(problem: Problem): void {
    this.listProblem.set(problem);
    if (this.listState() !== 'ready') this.listState.set('error');
    if (problem.status === 401 || problem.status === 403) return;
    this.attempts += 1;
    this.cancelRetry = this.clock.schedule(backoff(this.clock, this.attempts, problem.retryAfter), () => {
      void this.refresh();
    });
  }

  private clear(ownId: string | undefined): void {
    this.summaries.start(ownId);
    this.cancelRetry?.();
    this.refreshing = undefined;
    this.generation += 1;
    this.attempts = 0;
    this.listState.set('loading');
    this.listProblem.set(null);
    this.nextCursor.set(undefined);
    this.pageState.set('idle');
    this.hasFirstPage = false;
    const kept = this.cache.listOf(ownId);
    if (kept.length === 0) return;
    this.summaries.take(kept);
    this.listState.set('ready');
  }
}
