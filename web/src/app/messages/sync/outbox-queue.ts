import type { Problem, SendMessageRequest } from '@parlance/contracts';
import { EMPTY, Observable, Subject, catchError, concatMap, defer, filter, race, retry, take, takeUntil } from 'rxjs';
import { backoff } from './backoff';
import type { Clock } from '../../core/clock/clock';
import {
  type OutboxEntry,
  type OutboxListener,
  type OutboxStorage,
  type OutboxTransport,
  isRefusal,
} from './outbox-entry';

const NOT_HERE = 'Whoever wrote it is not signed in any more.';

/**
 * First in, first out per conversation, one in flight per conversation, across conversations side by side. An entry is
 * durable before it is sent and stays until the server has answered: with the message, or with a refusal, which leaves
 * it as *failed* until somebody retries or discards it. Every attempt carries the same `clientId`, so that whatever is
 * repeated stands once.
 */
export class OutboxQueue {
  private readonly entries = new Map<string, OutboxEntry>();
  private readonly lines = new Map<string, Subject<OutboxEntry>>();
  private readonly wake$ = new Subject<void>();
  private readonly settled$ = new Subject<string>();
  private readonly stopped$ = new Subject<void>();
  private userId: string | undefined;
  private started: Promise<unknown> = Promise.resolve();
  private lastAdd: Promise<unknown> = Promise.resolve();
  private lastPosition = 0;
  private leading = true;
  /** Whether it is to lead; it does once it knows what is stored. */
  private isToLead = true;
  /** Entries that stand in a line. */
  private lined = new WeakSet<OutboxEntry>();
  /** What is being stored, in the order typed: shown, and not sent. */
  private readonly unstored = new Set<OutboxEntry>();
  /** Entries that have done their work, whatever storage still says. */
  private readonly gone = new Set<string>();

  constructor(
    private readonly storage: OutboxStorage,
    private readonly transport: OutboxTransport,
    private readonly clock: Clock,
    private readonly listener: OutboxListener,
  ) {}

  /**
   * Takes up the work of this user: what an earlier visit has stored, then what it was given and had no time to store, then
   * what is added. Rejects when the storage cannot be read, or does not take what was given.
   */
  start(userId: string, given: Promise<readonly SendMessageRequest[]> = Promise.resolve([])): Promise<void> {
    this.stop();
    this.userId = userId;
    const started = this.restore(userId).then(() => this.storeAll(given));
    this.started = started.catch(() => undefined);
    return started;
  }

  /**
   * Of several queues over one storage only the leading one sends; the others store and show. Leading is what a queue
   * does until it is told otherwise. Rejects when the storage cannot be read.
   */
  async lead(leading: boolean): Promise<void> {
    if (leading === this.isToLead) return;
    this.isToLead = leading;
    if (leading) return this.reload();
    this.leading = false;
    this.letGo();
  }

  /** Another queue over the same storage changed it: takes over what is new, changed or gone. */
  reload(): Promise<void> {
    // In line with what is added here, which is stored before it is known.
    const reloaded = Promise.all([this.started, this.lastAdd]).then(() => this.adopt());
    this.lastAdd = reloaded.catch(() => undefined);
    return reloaded;
  }

  /** Forgets the user; what is stored stays stored, what is in flight is no longer waited for. */
  stop(): void {
    this.userId = undefined;
    this.letGo();
    this.entries.clear();
    this.unstored.clear();
    this.gone.clear();
    this.publish();
  }

  /**
   * Shows the entry at once, and resolves when it is stored; from then on the text cannot be lost. Rejects when nobody is
   * signed in or the storage refuses, and then nothing was queued.
   */
  add(request: SendMessageRequest): Promise<OutboxEntry> {
    const entry = this.show(request);
    if (!entry) return Promise.reject(new Error('Nobody is signed in.'));
    // One after the other, so that the order stored is the order typed, behind what an earlier visit left.
    const added = Promise.all([this.started, this.lastAdd]).then(() => this.store(entry));
    this.lastAdd = added.catch(() => undefined);
    return added;
  }

  /** Sends a failed entry again, behind what is queued. Does nothing for any other. */
  async retry(clientId: string): Promise<void> {
    const failed = this.entries.get(clientId);
    if (!failed?.problem) return;
    const { problem: _problem, ...rest } = failed;
    this.lastPosition += 1;
    const entry: OutboxEntry = { ...rest, position: this.lastPosition };
    this.entries.delete(clientId);
    this.entries.set(clientId, entry);
    this.publish();
    await this.afterwards(this.storage.put(entry));
    if (this.entries.get(clientId) === entry) this.enqueue(entry);
  }

  /** Gives a failed entry up. Does nothing for one that may still arrive. */
  async discard(clientId: string): Promise<void> {
    if (this.entries.get(clientId)?.problem) await this.remove(clientId);
  }

  /** The connection is back: whoever waits for the next attempt makes it now. */
  wake(): void {
    this.wake$.next();
  }

  /** The message came by another way than its ack, so the entry has done its work. */
  async settle(clientId: string): Promise<void> {
    if (!this.entries.has(clientId)) return;
    this.settled$.next(clientId);
    await this.remove(clientId);
  }

  private async restore(userId: string): Promise<void> {
    const stored = await this.storage.entriesOf(userId);
    if (this.userId !== userId) return;
    const own = stored.filter((entry) => entry.userId === userId).sort((a, b) => a.position - b.position);
    for (const entry of own) {
      this.entries.set(entry.clientId, entry);
      this.lastPosition = Math.max(this.lastPosition, entry.position);
    }
    this.publish();
    for (const entry of own) if (!entry.problem) this.enqueue(entry);
  }

  /** One after the other; what another tab has stored meanwhile keeps the place that it has there. */
  private async storeAll(given: Promise<readonly SendMessageRequest[]>): Promise<void> {
    const { userId } = this;
    const requests = await given;
    if (this.userId !== userId) throw new Error(NOT_HERE);
    const shown = requests.flatMap((request) => (this.entries.has(request.clientId) ? [] : (this.show(request) ?? [])));
    for (const entry of shown) await this.store(entry);
  }

  private show(request: SendMessageRequest): OutboxEntry | undefined {
    const { userId } = this;
    if (userId === undefined) return undefined;
    const createdAt = new Date(this.clock.now()).toISOString();
    const entry: OutboxEntry = { ...request, userId, position: Infinity, createdAt };
    this.unstored.add(entry);
    this.publish();
    return entry;
  }

  private async adopt(): Promise<void> {
    const { userId } = this;
    try {
      const stored = userId === undefined ? [] : await this.storage.entriesOf(userId);
      if (userId !== undefined && this.userId === userId) this.takeIn(stored, userId);
    } finally {
      this.lineUp();
    }
  }

  private takeIn(stored: readonly OutboxEntry[], userId: string): void {
    const own = stored.filter((entry) => entry.userId === userId && !this.gone.has(entry.clientId));
    const there = new Set(own.map(({ clientId }) => clientId));
    for (const clientId of this.entries.keys()) if (!there.has(clientId)) this.forget(clientId);
    for (const entry of own.sort((a, b) => a.position - b.position)) {
      this.lastPosition = Math.max(this.lastPosition, entry.position);
      const known = this.entries.get(entry.clientId);
      // The leading queue knows its entries better than storage, unless another tab put one back in line that had failed.
      const isBack = known?.problem && entry.position > known.position;
      if (!known || !this.leading || isBack) this.entries.set(entry.clientId, entry);
    }
    this.publish();
  }

  /**
   * Whoever is to lead leads from here: what was stored on the way here must not line up before what was there already, and
   * was another queue's to send.
   */
  private lineUp(): void {
    this.leading = this.isToLead;
    const known = [...this.entries.values()].sort((a, b) => a.position - b.position);
    for (const entry of known) if (!entry.problem && !this.lined.has(entry)) this.enqueue(entry);
  }

  private forget(clientId: string): void {
    this.entries.delete(clientId);
    this.settled$.next(clientId);
  }

  /** Sends nothing more; what is in flight is no longer waited for. */
  private letGo(): void {
    this.stopped$.next();
    this.lines.clear();
    this.lined = new WeakSet();
  }

  private async store(shown: OutboxEntry): Promise<OutboxEntry> {
    try {
      if (!this.unstored.has(shown)) throw new Error(NOT_HERE);
      this.lastPosition = Math.max(this.lastPosition + 1, this.clock.now());
      const entry: OutboxEntry = { ...shown, position: this.lastPosition };
      await this.storage.put(entry);
      if (this.unstored.delete(shown)) {
        this.entries.set(entry.clientId, entry);
        this.publish();
        this.enqueue(entry);
      }
      return entry;
    } finally {
      if (this.unstored.delete(shown)) this.publish();
    }
  }

  private enqueue(entry: OutboxEntry): void {
    if (!this.leading) return;
    this.lined.add(entry);
    let line = this.lines.get(entry.conversationId);
    if (!line) {
      line = new Subject<OutboxEntry>();
      this.lines.set(entry.conversationId, line);
      line
        .pipe(
          concatMap((next) => this.deliver(next)),
          takeUntil(this.stopped$),
        )
        .subscribe();
    }
    line.next(entry);
  }

  /** Ends when the entry is settled one way or the other; never errors, so that the line goes on. */
  private deliver(entry: OutboxEntry): Observable<unknown> {
    const { clientId, conversationId, body, replyTo } = entry;
    const request: SendMessageRequest = { conversationId, clientId, body, ...(replyTo && { replyTo }) };
    return defer(() => {
      // Settled while it waited in line.
      if (this.entries.get(clientId) !== entry) return EMPTY;
      return defer(() => this.transport.send(request)).pipe(
        retry({ delay: (error: unknown, attempt) => this.nextAttempt(error, attempt) }),
        concatMap((message) => {
          this.listener.delivered(message);
          return this.remove(clientId);
        }),
        catchError((error: unknown) => this.fail(entry, this.transport.describe(error))),
        takeUntil(this.settled$.pipe(filter((settled) => settled === clientId))),
      );
    });
  }

  /** Emits when it is time to try again; errors when trying again would change nothing. */
  private nextAttempt(error: unknown, attempt: number): Observable<void> {
    const problem = this.transport.describe(error);
    if (isRefusal(problem)) throw error;
    return race(this.after(backoff(this.clock, attempt, problem.retryAfter)), this.wake$).pipe(take(1));
  }

  private after(ms: number): Observable<void> {
    return new Observable((subscriber) =>
      this.clock.schedule(ms, () => {
        subscriber.next();
        subscriber.complete();
      }),
    );
  }

  private async fail(entry: OutboxEntry, problem: Problem): Promise<void> {
    const failed: OutboxEntry = { ...entry, problem };
    this.entries.set(entry.clientId, failed);
    this.publish();
    await this.afterwards(this.storage.put(failed));
  }

  private async remove(clientId: string): Promise<void> {
    this.gone.add(clientId);
    if (this.entries.delete(clientId)) this.publish();
    await this.afterwards(this.storage.remove(clientId));
  }

  /**
   * What is only tidied up may fail: an entry that stays stored goes out again after a reload with the same `clientId`
   * and gets the same answer.
   */
  private async afterwards(work: Promise<void>): Promise<void> {
    await work.catch(() => undefined);
  }

  private publish(): void {
    this.listener.entriesChanged([...this.entries.values(), ...this.unstored]);
  }
}
