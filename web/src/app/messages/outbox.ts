import { ErrorHandler, Injectable, computed, effect, inject, signal, untracked } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import type { Message } from '@parlance/contracts';
import { Subject, firstValueFrom } from 'rxjs';
import { Session } from '../core/identity/session';
import { toProblem } from '../core/problem/problem';
import { Realtime } from '../core/realtime/realtime';
import { TabChannel, tabTopic } from '../core/tabs/tab-channel';
import { TabLead } from '../core/tabs/tab-lead';
import { newClientId } from './client-id';
import { CLOCK } from '../core/clock/clock-token';
import { OutboxNotes } from './outbox-notes';
import { OutboxRecords } from './outbox-records';
import { OutboxQueue } from './sync/outbox-queue';
import type { OutboxEntry } from './sync/outbox-entry';

/** The leading tab has the ack of a message. */
const DELIVERED = tabTopic<{ userId: string; message: Message }>('message:delivered');

/**
 * Everything that this person has written and the server has not confirmed. Stored before it is sent; sent in order, one
 * at a time per conversation; repeated under the same `clientId` until the server has answered. Of
 * several tabs the leading one sends, for all of them.
 */
@Injectable({ providedIn: 'root' })
export class Outbox {
  private readonly realtime = inject(Realtime);
  private readonly session = inject(Session);
  private readonly tabs = inject(TabChannel);
  private readonly lead = inject(TabLead);
  private readonly notes = inject(OutboxNotes);
  private readonly records = inject(OutboxRecords);
  private readonly errors = inject(ErrorHandler);
  private readonly all = signal<readonly OutboxEntry[]>([]);
  /** Of the present person's time here. */
  private ended = new AbortController();
  private readonly deliveries = new Subject<Message>();
  private readonly queue = new OutboxQueue(
    this.records,
    {
      send: (request) => firstValueFrom(this.realtime.request('message:send', request)),
      describe: toProblem,
    },
    inject(CLOCK),
    {
      entriesChanged: (entries) => this.all.set(entries),
      delivered: (message) => {
        const userId = this.session.user()?.id;
        if (userId !== undefined) this.tabs.tell(DELIVERED, { userId, message });
        this.deliveries.next(message);
      },
    },
  );

  /** What is on its way or has failed, in the order typed. */
  readonly entries = this.all.asReadonly();

  /** Messages that the server has acknowledged. */
  readonly delivered$ = this.deliveries.asObservable();

  constructor() {
    const userId = computed(() => this.session.user()?.id);
    effect(() => {
      const id = userId();
      untracked(() => {
        this.ended.abort();
        if (id) this.start(id);
        else this.queue.stop();
      });
    });
    effect(() => {
      const leads = this.lead.leads();
      untracked(() => this.attempt(this.queue.lead(leads)));
    });
    this.records.changedElsewhere$.pipe(takeUntilDestroyed()).subscribe(() => this.attempt(this.queue.reload()));
    this.tabs
      .hears(DELIVERED)
      .pipe(takeUntilDestroyed())
      .subscribe((told) => {
        if (told.userId === this.session.user()?.id) this.deliveries.next(told.message);
      });
    this.realtime.connected$.pipe(takeUntilDestroyed()).subscribe(() => this.queue.wake());
  }

  /**
   * Shows the text as on its way at once. Resolves when it is stored on this device; rejects when it could not be, and then
   * nothing is sent.
   */
  async send(conversationId: string, body: string, replyTo?: string): Promise<void> {
    const request = { conversationId, clientId: newClientId(), body, ...(replyTo && { replyTo }) };
    const userId = this.session.user()?.id;
    if (userId !== undefined) this.notes.keep(userId, request);
    try {
      await this.queue.add(request);
    } catch (error) {
      // Where the session has ended meanwhile, nobody has the text but the note.
      if (userId === this.session.user()?.id) this.notes.drop(request);
      throw error;
    }
    this.notes.drop(request);
  }

  /** Sends a failed entry again. */
  retry(clientId: string): Promise<void> {
    return this.queue.retry(clientId);
  }

  /** Gives a failed entry up; its text is gone. */
  discard(clientId: string): Promise<void> {
    return this.queue.discard(clientId);
  }

  /** The message stands in the conversation, however that became known. */
  settle(clientId: string): Promise<void> {
    return this.queue.settle(clientId);
  }

  private start(userId: string): void {
    this.ended = new AbortController();
    const left = this.notes.takeOver(userId, this.ended.signal, (request) =>
      this.attempt(this.queue.add(request).then(() => this.notes.drop(request))),
    );
    // What cannot be stored stays noted for the next visit.
    this.attempt(
      Promise.all([left, this.queue.start(userId, left)]).then(([taken]) =>
        taken.forEach((one) => this.notes.drop(one)),
      ),
    );
  }

  /** Storage that cannot be read is told, except to whoever has gone; what is typed is refused by `send` itself. */
  private attempt(work: Promise<unknown>): void {
    const userId = this.session.user()?.id;
    work.catch((error: unknown) => {
      if (userId === this.session.user()?.id) this.errors.handleError(error);
    });
  }
}
