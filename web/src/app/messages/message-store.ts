import { Injectable, computed, effect, inject, signal, untracked } from '@angular/core';
import type { WritableSignal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import type { Message } from '@parlance/contracts';
import { firstValueFrom, merge, Subject } from 'rxjs';
import { Session } from '../core/identity/session';
import { Realtime } from '../core/realtime/realtime';
import { CLOCK } from '../core/clock/clock-token';
import { ConversationApi } from './conversation-api';
import { ConversationCache, KEPT_CONVERSATIONS, KEPT_MESSAGES } from './conversation-cache';
import { Outbox } from './outbox';
import { BubbleList } from './sync/bubbles';
import { ConversationLog } from './sync/conversation-log';
import { ConversationSync } from './sync/conversation-sync';
import type { ConversationSnapshot } from './sync/conversation-sync';
import { isRefusal } from './sync/outbox-entry';
import type { Run } from './sync/message-runs';

interface Kept {
  readonly sync: ConversationSync;
  readonly snapshot: WritableSignal<ConversationSnapshot>;
}

/** The messages of the conversations that were opened, current and each exactly once. */
@Injectable({ providedIn: 'root' })
export class MessageStore {
  private readonly api = inject(ConversationApi);
  private readonly cache = inject(ConversationCache);
  private readonly clock = inject(CLOCK);
  private readonly outbox = inject(Outbox);
  private readonly realtime = inject(Realtime);
  private readonly session = inject(Session);
  private readonly kept = signal<ReadonlyMap<string, Kept>>(new Map());
  private readonly told = new Subject<Message>();
  private readonly lost = new Subject<string>();
  private readonly ownId = computed(() => this.session.user()?.id);

  /** Every state of a message that a push, an ack or catch-up has told, also of messages that are not loaded. */
  readonly told$ = this.told.asObservable();
  /**
   * Ids of conversations of which not everything is told: the latest page was taken in place of the changes before it, or
   * the conversation is not kept any more. What else is known of their messages may be old.
   */
  readonly lost$ = this.lost.asObservable();

  constructor() {
    const { realtime } = this;
    merge(realtime.on('message:created'), realtime.on('message:updated'), this.outbox.delivered$)
      .pipe(takeUntilDestroyed())
      .subscribe((message) => this.upsert(message));
    realtime
      .on('conversation:updated')
      .pipe(takeUntilDestroyed())
      .subscribe(({ id, headRev }) => this.noteHead(id, headRev));
    realtime
      .on('conversation:removed')
      .pipe(takeUntilDestroyed())
      .subscribe(({ id }) => this.forget(id));
    // The first run of an effect comes late, when a conversation may be open already: only a change counts.
    let owner = untracked(this.ownId);
    this.restore(owner);
    effect(() => {
      const id = this.ownId();
      if (id !== owner) untracked(() => this.forgetAll());
      owner = id;
    });
  }

  /** Starts to keep a conversation; loads its latest page the first time, and what changed since after that. */
  open(conversationId: string): void {
    const known = this.kept().get(conversationId);
    const opened = known ?? this.make(conversationId);
    const others = [...this.kept()].filter(([id]) => id !== conversationId);
    for (const [id, { sync }] of others.slice(KEPT_CONVERSATIONS - 1)) {
      sync.close();
      this.cache.dropRun(id);
      this.lost.next(id);
    }
    this.cache.opened(conversationId);
    this.kept.set(new Map([[conversationId, opened], ...others.slice(0, KEPT_CONVERSATIONS - 1)]));
    void opened.sync.catchUp();
  }

  /** What is known of a conversation, as a signal read; `loading` for one that was not opened. */
  snapshot(conversationId: string): ConversationSnapshot {
    return this.kept().get(conversationId)?.snapshot() ?? notOpened(conversationId);
  }

  /** The conversation as it is shown, with what is on its way, as a signal read. */
  list(conversationId: string): BubbleList {
    return new BubbleList(this.snapshot(conversationId), this.outbox.entries(), this.ownId() ?? '');
  }

  /** Whether the last attempt to make a conversation current that is kept has failed, as a signal read. */
  get isBehind(): boolean {
    return [...this.kept().values()].some(({ snapshot }) => {
      const { problem } = snapshot();
      return problem !== null && !isRefusal(problem);
    });
  }

  /** Somebody looks at this stretch of a conversation; absent for its end, and when nobody does any more. */
  look(conversationId: string, at?: Run): void {
    this.kept().get(conversationId)?.sync.look(at);
  }

  /** Loads the page before what is looked at. */
  loadOlder(conversationId: string): Promise<void> {
    return this.kept().get(conversationId)?.sync.loadOlder() ?? Promise.resolve();
  }

  /** Loads the page after what is looked at. */
  loadNewer(conversationId: string): Promise<void> {
    return this.kept().get(conversationId)?.sync.loadNewer() ?? Promise.resolve();
  }

  /** Loads what stands around `seq`; resolves to whether the message is there then. */
  reach(conversationId: string, seq: number): Promise<boolean> {
    return this.kept().get(conversationId)?.sync.reach(seq) ?? Promise.resolve(false);
  }

  /** Gives one's own message another text. Rejects with what `toProblem` understands, and then nothing has changed. */
  async edit(messageId: string, body: string): Promise<void> {
    this.upsert(await firstValueFrom(this.realtime.request('message:edit', { messageId, body })));
  }

  /** Takes the text of one's own message away for everybody. Rejects as `edit` does. */
  async delete(messageId: string): Promise<void> {
    this.upsert(await firstValueFrom(this.realtime.request('message:delete', { messageId })));
  }

  /** Asks the server what changed in every conversation that is kept, or in one. */
  async catchUp(conversationId?: string): Promise<void> {
    const all = [...this.kept()].filter(([id]) => conversationId === undefined || id === conversationId);
    await Promise.all(all.map(([, { sync }]) => sync.catchUp()));
  }

  /** As `catchUp` for all, over a connection that is new: what was asked over the one before is not waited for. */
  async catchUpAfresh(): Promise<void> {
    await Promise.all([...this.kept().values()].map(({ sync }) => sync.catchUpAfresh()));
  }

  /** Somebody says that a conversation is at `rev`. */
  noteHead(conversationId: string, rev: number): void {
    this.kept().get(conversationId)?.sync.noteHead(rev);
  }

  private upsert(message: Message): void {
    this.kept().get(message.conversationId)?.sync.receive(message);
    this.told.next(message);
    if (message.clientId && message.senderId === this.ownId()) void this.outbox.settle(message.clientId);
  }

  private make(conversationId: string): Kept {
    const snapshot = signal(notOpened(conversationId));
    const changed = (now: ConversationSnapshot) => {
      snapshot.set(now);
      const userId = untracked(this.ownId);
      if (userId !== undefined) this.cache.keepRun(userId, conversationId, () => sync.end(KEPT_MESSAGES));
    };
    const sync = new ConversationSync(conversationId, this.api, this.clock, changed, {
      caughtUp: (changes) => {
        for (const message of changes) this.told.next(message);
      },
      startedOver: () => this.lost.next(conversationId),
    });
    return { sync, snapshot };
  }

  /** What this device has kept is there before anybody was asked, and is kept current like what was opened. */
  private restore(ownId: string | undefined): void {
    const restored = this.cache.runsOf(ownId).map(({ conversationId, items, rev }) => {
      const kept = this.make(conversationId);
      kept.sync.restore(items, rev);
      return [conversationId, kept] as const;
    });
    if (restored.length > 0) this.kept.set(new Map(restored));
  }

  private forget(conversationId: string): void {
    this.kept().get(conversationId)?.sync.close();
    this.cache.dropRun(conversationId);
    this.lost.next(conversationId);
    this.kept.set(new Map([...this.kept()].filter(([id]) => id !== conversationId)));
  }

  private forgetAll(): void {
    this.cache.stop();
    for (const { sync } of this.kept().values()) sync.close();
    if (this.kept().size > 0) this.kept.set(new Map());
  }
}

function notOpened(conversationId: string): ConversationSnapshot {
  const { messages, tail, loaded, held, hasOlder } = new ConversationLog();
  return {
    conversationId,
    state: 'loading',
    problem: null,
    ...{ messages, tail, loaded, held, hasOlder },
    older: 'idle',
    newer: 'idle',
  };
}
