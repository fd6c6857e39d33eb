import { Injectable, computed, effect, inject, signal, untracked } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import type { Conversation, ConversationMarker, Message, Problem, User } from '@parlance/contracts';
import { merge } from 'rxjs';
import { Session } from '../core/identity/session';
import { toProblem } from '../core/problem/problem';
import { Realtime } from '../core/realtime/realtime';
import { CLOCK } from './clock';
import { ConversationApi } from './conversation-api';
import { Outbox } from './outbox';
import { backoff } from './sync/backoff';
import { lastActivity, withMarker, withMessage, withSnapshot } from './sync/conversation-summary';
import type { SummaryUpdate } from './sync/conversation-summary';
import type { LoadState } from './sync/conversation-sync';

/** Events that jump often come with the missing one right behind: wait this long before asking, in milliseconds. */
const RELOAD_DEBOUNCE_MS = 150;

/** The conversations of the person signed in: who, how far, what is unread. Newest activity first. */
@Injectable({ providedIn: 'root' })
export class ConversationStore {
  private readonly api = inject(ConversationApi);
  private readonly clock = inject(CLOCK);
  private readonly session = inject(Session);
  private readonly byId = signal<ReadonlyMap<string, Conversation>>(new Map());
  private readonly listState = signal<LoadState>('loading');
  private readonly listProblem = signal<Problem | null>(null);
  private readonly nextCursor = signal<string | undefined>(undefined);
  private readonly pageState = signal<'idle' | 'loading' | 'error'>('idle');
  private readonly ownId = computed(() => this.session.user()?.id);
  private readonly reloads = new Map<string, () => void>();
  private readonly loads = new Map<string, Promise<Conversation>>();
  private refreshing: Promise<void> | undefined;
  private refreshAgain = false;
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
      .subscribe((message) => this.takeMessage(message));
    merge(realtime.on('conversation:created'), realtime.on('conversation:updated'))
      .pipe(takeUntilDestroyed())
      .subscribe((conversation) => this.take([conversation]));
    realtime
      .on('conversation:removed')
      .pipe(takeUntilDestroyed())
      .subscribe(({ id }) => this.remove(id));
    realtime
      .on('conversation:marker')
      .pipe(takeUntilDestroyed())
      .subscribe((marker) => this.applyMarker(marker));
    realtime
      .on('user:updated')
      .pipe(takeUntilDestroyed())
      .subscribe((user) => this.takeUser(user));
    effect(() => {
      const ownId = this.ownId();
      untracked(() => {
        this.clear();
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

  /** Loads the next page of conversations with less recent activity. */
  async loadMore(): Promise<void> {
    const cursor = this.nextCursor();
    if (cursor === undefined || this.pageState() === 'loading') return;
    const ownId = this.ownId();
    this.pageState.set('loading');
    try {
      const page = await this.api.list(cursor);
      if (ownId !== this.ownId()) return;
      this.take(page.items);
      this.nextCursor.set(page.next);
      this.pageState.set('idle');
    } catch {
      if (ownId === this.ownId()) this.pageState.set('error');
    }
  }

  /** Makes sure that a conversation is loaded. Rejects with what `toProblem` understands, e.g. status 404. */
  async ensure(conversationId: string): Promise<void> {
    if (!this.byId().has(conversationId)) await this.load(conversationId);
  }

  /** Finds or makes the conversation with this person and answers its id. Rejects with what `toProblem` understands. */
  async openDirect(userId: string): Promise<string> {
    const conversation = await this.api.openDirect(userId);
    this.take([conversation]);
    return conversation.id;
  }

  /** Somebody says that a conversation is at `rev`. */
  noteHead(conversationId: string, rev: number): void {
    if ((this.byId().get(conversationId)?.headRev ?? -1) < rev) this.loadSoon(conversationId);
  }

  /** Takes over how far a member has come. */
  applyMarker(marker: ConversationMarker): void {
    this.update(marker.conversationId, (known, ownId) => withMarker(known, marker, ownId));
  }

  private takeMessage(message: Message): void {
    if (this.byId().has(message.conversationId)) {
      this.update(message.conversationId, (known, ownId) => withMessage(known, message, ownId));
    } else {
      this.loadSoon(message.conversationId);
    }
  }

  private update(conversationId: string, change: (known: Conversation, ownId: string) => SummaryUpdate): void {
    const known = this.byId().get(conversationId);
    const ownId = this.ownId();
    if (!known || !ownId) return;
    const { conversation, stale } = change(known, ownId);
    if (conversation !== known) this.byId.set(new Map(this.byId()).set(conversationId, conversation));
    if (stale) this.loadSoon(conversationId);
  }

  private take(conversations: readonly Conversation[]): void {
    const ownId = this.ownId();
    if (!ownId) return;
    const all = new Map(this.byId());
    for (const fresh of conversations) all.set(fresh.id, withSnapshot(all.get(fresh.id), fresh, ownId));
    this.byId.set(all);
  }

  private takeUser(user: User): void {
    const all = new Map(this.byId());
    for (const [id, conversation] of all) {
      if (!conversation.members.some((member) => member.user.id === user.id)) continue;
      const members = conversation.members.map((member) => (member.user.id === user.id ? { ...member, user } : member));
      all.set(id, { ...conversation, members });
    }
    this.byId.set(all);
  }

  private remove(conversationId: string): void {
    this.byId.set(new Map([...this.byId()].filter(([id]) => id !== conversationId)));
  }

  private async runRefresh(): Promise<void> {
    const ownId = this.ownId();
    do {
      this.refreshAgain = false;
      if (this.listState() === 'error') this.listState.set('loading');
      try {
        await this.loadChanged();
        if (ownId !== this.ownId()) return;
        this.attempts = 0;
        this.listState.set('ready');
        this.listProblem.set(null);
      } catch (error) {
        if (ownId !== this.ownId()) return;
        this.failRefresh(toProblem(error));
        return;
      }
    } while (this.refreshAgain);
  }

  /** Pages until one brings nothing new: what changed while we were away stands in front. */
  private async loadChanged(): Promise<void> {
    const ownId = this.ownId();
    const isFirst = this.listState() !== 'ready';
    let cursor: string | undefined;
    do {
      const page = await this.api.list(cursor);
      if (ownId !== this.ownId()) return;
      const known = this.byId();
      const allNew = page.items.every((item) => (known.get(item.id)?.headRev ?? -1) < item.headRev);
      this.take(page.items);
      if (isFirst) {
        this.nextCursor.set(page.next);
        return;
      }
      cursor = allNew ? page.next : undefined;
    } while (cursor !== undefined);
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

  private load(conversationId: string): Promise<Conversation> {
    const running = this.loads.get(conversationId);
    if (running) return running;
    const ownId = this.ownId();
    const loading = this.api
      .get(conversationId)
      .then((conversation) => {
        if (ownId === this.ownId()) this.take([conversation]);
        return conversation;
      })
      .finally(() => this.loads.delete(conversationId));
    this.loads.set(conversationId, loading);
    return loading;
  }

  private loadSoon(conversationId: string, attempt = 0): void {
    if (this.reloads.has(conversationId)) return;
    const ms = attempt === 0 ? RELOAD_DEBOUNCE_MS : backoff(this.clock, attempt);
    const cancel = this.clock.schedule(ms, () => {
      this.reloads.delete(conversationId);
      this.load(conversationId).catch((error: unknown) => {
        const { status } = toProblem(error);
        if (status === 404) this.remove(conversationId);
        else if (status !== 401 && status !== 403) this.loadSoon(conversationId, attempt + 1);
      });
    });
    this.reloads.set(conversationId, cancel);
  }

  private clear(): void {
    for (const cancel of this.reloads.values()) cancel();
    this.reloads.clear();
    this.loads.clear();
    this.cancelRetry?.();
    this.refreshing = undefined;
    this.attempts = 0;
    this.byId.set(new Map());
    this.listState.set('loading');
    this.listProblem.set(null);
    this.nextCursor.set(undefined);
    this.pageState.set('idle');
  }
}
