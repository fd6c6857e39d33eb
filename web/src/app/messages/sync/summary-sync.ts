import type { Conversation, ConversationMarker, Message, Problem, User } from '@parlance/contracts';
import { backoff } from './backoff';
import type { Clock } from '../../core/clock/clock';
import { isStale, type Summary, withMarker, withMessage, withSnapshot } from './conversation-summary';
import { KnownUsers } from './known-users';

/** Events that jump often come with the missing one right behind: wait this long before asking, in milliseconds. */
export const RELOAD_DEBOUNCE_MS = 150;

/** Where a conversation comes from. */
export interface SummarySource {
  get(conversationId: string): Promise<Conversation>;
  /** What an error of `get` means. */
  describe(error: unknown): Problem;
}

/**
 * Keeps the conversations that a device lists current: takes what the server tells in whatever order it comes, and asks
 * again for a conversation of which something is missing. Knows no socket and no framework.
 */
export class SummarySync {
  private summaries: ReadonlyMap<string, Summary> = new Map();
  private ownId: string | undefined;
  private readonly heads = new Map<string, number>();
  private readonly reloads = new Map<string, () => void>();
  private readonly loads = new Map<string, Promise<Conversation>>();
  /** Markers that came before their conversation, one a member: the answer that brings it may be older than they are. */
  private readonly early = new Map<string, Map<string, ConversationMarker>>();
  private readonly users = new KnownUsers();
  /** The moment as of which it was last told whether a conversation is one's own, by conversation. */
  private readonly toldAt = new Map<string, number>();
  /** Counts what is asked and what comes, and so says which was first. */
  private moment = 0;

  /** `changed` is called with all of them, a new map at each change. */
  constructor(
    private readonly source: SummarySource,
    private readonly clock: Clock,
    private readonly changed: (conversations: ReadonlyMap<string, Conversation>) => void,
  ) {}

  /** Forgets everything and begins anew for this user; for nobody, nothing is taken. */
  start(ownId: string | undefined): void {
    this.ownId = ownId;
    for (const cancel of this.reloads.values()) cancel();
    this.reloads.clear();
    this.loads.clear();
    this.heads.clear();
    this.early.clear();
    this.users.clear();
    this.toldAt.clear();
    this.replace(new Map());
  }

  /** Whether a request is on its way or waits for its time. */
  get isBusy(): boolean {
    return this.reloads.size + this.loads.size > 0;
  }

  get(conversationId: string): Conversation | undefined {
    return this.summaries.get(conversationId)?.conversation;
  }

  /** Up to which `rev` everything of a conversation is known; -1 for one that is not. */
  revOf(conversationId: string): number {
    return this.summaries.get(conversationId)?.counted.rev ?? -1;
  }

  /** Something is asked now: what is to be given to `take` or `remove` with the answer. */
  asking(): number {
    return ++this.moment;
  }

  /**
   * What the server tells of conversations, as of the moment in which it was asked, or of now when it tells it unasked. What
   * has no counter of its own, which is who somebody is and whether one is a member, counts only if nothing later is known.
   */
  take(conversations: readonly Conversation[], asOf = ++this.moment): void {
    const { ownId } = this;
    if (ownId === undefined) return;
    const all = new Map(this.summaries);
    // One that was removed meanwhile is not brought back.
    const taken = conversations.filter(({ id }) => all.has(id) || asOf >= this.lastTold(id));
    for (const fresh of taken) {
      for (const { user } of fresh.members) this.users.learn(user, asOf);
      let summary = withSnapshot(all.get(fresh.id), fresh, ownId);
      for (const marker of this.early.get(fresh.id)?.values() ?? []) summary = withMarker(summary, marker, ownId);
      this.early.delete(fresh.id);
      this.toldAt.set(fresh.id, Math.max(asOf, this.lastTold(fresh.id)));
      all.set(fresh.id, summary);
    }
    this.replace(this.withUsers(all));
    for (const { id } of taken) if (this.isBehind(id)) this.loadSoon(id);
  }

  takeMessage(message: Message): void {
    this.noteHead(message.conversationId, message.rev);
    this.update(message.conversationId, (known, ownId) => withMessage(known, message, ownId));
  }

  takeMarker(marker: ConversationMarker): void {
    if (!this.summaries.has(marker.conversationId)) return this.keepForLater(marker);
    this.update(marker.conversationId, (known, ownId) => withMarker(known, marker, ownId));
  }

  takeUser(user: User): void {
    if (this.ownId === undefined) return;
    this.users.learn(user, ++this.moment);
    this.replace(this.withUsers(this.summaries));
  }

  /** Somebody says that a conversation is at `rev`. */
  noteHead(conversationId: string, rev: number): void {
    if (this.ownId === undefined) return;
    this.heads.set(conversationId, Math.max(this.heads.get(conversationId) ?? 0, rev));
    if (this.isBehind(conversationId)) this.loadSoon(conversationId);
  }

  /** The server does not list it any more, as of the moment in which it was asked, or of now when it tells it unasked. */
  remove(conversationId: string, asOf = ++this.moment): void {
    if (asOf < this.lastTold(conversationId)) return;
    this.toldAt.set(conversationId, asOf);
    this.reloads.get(conversationId)?.();
    this.reloads.delete(conversationId);
    this.early.delete(conversationId);
    this.replace(new Map([...this.summaries].filter(([id]) => id !== conversationId)));
  }

  /** Asks the server for one conversation. Rejects with what `describe` understands. */
  load(conversationId: string): Promise<Conversation> {
    const running = this.loads.get(conversationId);
    if (running) return running;
    const { ownId } = this;
    const asked = this.asking();
    const loading = this.source
      .get(conversationId)
      .then((conversation) => {
        if (ownId === this.ownId) this.take([conversation], asked);
        return conversation;
      })
      .catch((error: unknown) => {
        if (ownId === this.ownId && this.source.describe(error).status === 404) this.remove(conversationId, asked);
        throw error;
      })
      .finally(() => {
        if (this.loads.get(conversationId) === loading) this.loads.delete(conversationId);
      });
    this.loads.set(conversationId, loading);
    return loading;
  }

  private keepForLater(marker: ConversationMarker): void {
    if (this.ownId === undefined) return;
    const { conversationId, userId, readSeq, deliveredSeq } = marker;
    const markers = this.early.get(conversationId) ?? new Map<string, ConversationMarker>();
    const known = markers.get(userId) ?? marker;
    markers.set(userId, {
      ...marker,
      readSeq: Math.max(known.readSeq, readSeq),
      deliveredSeq: Math.max(known.deliveredSeq, deliveredSeq),
    });
    this.early.set(conversationId, markers);
  }

  private lastTold(conversationId: string): number {
    return this.toldAt.get(conversationId) ?? 0;
  }

  private withUsers(summaries: ReadonlyMap<string, Summary>): ReadonlyMap<string, Summary> {
    return new Map(
      [...summaries].map(([id, summary]) => {
        const conversation = this.users.withMembers(summary.conversation);
        return [id, conversation === summary.conversation ? summary : { ...summary, conversation }];
      }),
    );
  }

  private isBehind(conversationId: string): boolean {
    const known = this.summaries.get(conversationId);
    return !known || isStale(known) || known.counted.rev < (this.heads.get(conversationId) ?? 0);
  }

  private update(conversationId: string, change: (known: Summary, ownId: string) => Summary): void {
    const known = this.summaries.get(conversationId);
    if (!known || this.ownId === undefined) return;
    const summary = change(known, this.ownId);
    if (summary === known) return;
    this.replace(new Map(this.summaries).set(conversationId, summary));
    if (isStale(summary)) this.loadSoon(conversationId);
  }

  /** Asks when the time is over and something is still missing; again and again until nothing is. */
  private loadSoon(conversationId: string, attempt = 0): void {
    if (this.reloads.has(conversationId)) return;
    const ms = attempt === 0 ? RELOAD_DEBOUNCE_MS : backoff(this.clock, attempt);
    const cancel = this.clock.schedule(ms, () => {
      this.reloads.delete(conversationId);
      if (!this.isBehind(conversationId)) return;
      this.load(conversationId).catch((error: unknown) => {
        const { status } = this.source.describe(error);
        // It is there again, told after this was asked.
        const isThere = status === 404 && this.summaries.has(conversationId);
        if (isThere || ![401, 403, 404].includes(status)) this.loadSoon(conversationId, attempt + 1);
      });
    });
    this.reloads.set(conversationId, cancel);
  }

  private replace(summaries: ReadonlyMap<string, Summary>): void {
    this.summaries = summaries;
    this.changed(new Map([...summaries].map(([id, { conversation }]) => [id, conversation])));
  }
}
