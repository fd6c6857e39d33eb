import { Injectable, inject } from '@angular/core';
import type { SendMessageRequest } from '@parlance/contracts';
import { LocalTexts } from '../core/storage/local-texts';
import { newClientId } from './client-id';

/** A Web Lock that a tab holds for as long as it lives. */
const lockOf = (tab: string) => `parlance.outbox.${tab}`;

/**
 * What was given to the outbox and is not in the database yet. Noted at once, so that a page that goes away meanwhile
 * neither loses it nor leaves it as a draft beside the message: another tab or the next visit hands it over again, under the
 * same `clientId`.
 */
@Injectable({ providedIn: 'root' })
export class OutboxNotes {
  private readonly texts = inject(LocalTexts);
  /** Each tab has notes of its own: what two of them write at once must not replace each other. */
  private readonly tab = newClientId();
  /** Absent where the browser has none, as over plain HTTP. */
  private readonly locks = (navigator as Partial<Navigator>).locks;
  private owner: string | undefined;
  private noted: readonly SendMessageRequest[] = [];

  constructor() {
    void this.locks?.request(lockOf(this.tab), () => new Promise(() => undefined));
  }

  /** Notes what this person has given, until `drop`. */
  keep(userId: string, request: SendMessageRequest): void {
    this.write(userId, [...(userId === this.owner ? this.noted : []), request]);
  }

  /** The database has it, or whoever gave it has it back. */
  drop(request: SendMessageRequest): void {
    if (this.owner === undefined || !this.noted.includes(request)) return;
    this.write(
      this.owner,
      this.noted.filter((other) => other !== request),
    );
  }

  /**
   * Takes what tabs have noted that are gone, each in the order typed, and notes it here until `drop`. What is noted now by
   * one that lives is handed over once that one is gone, until `ended`: a tab that lives stores its notes itself, and from
   * elsewhere they would come behind what it was given since.
   *
   * Without Web Locks nobody knows who lives, and everything is taken. A text of a tab that lives has two senders then,
   * which send it under one `clientId`, each before what it was given later: it stands once, and where it would stand.
   */
  async takeOver(
    userId: string,
    ended: AbortSignal,
    hand: (request: SendMessageRequest) => void,
  ): Promise<SendMessageRequest[]> {
    const others = this.texts.all(userId, 'outbox').flatMap(([tab]) => (tab === this.tab ? [] : [tab]));
    const taken = await Promise.all(others.map((tab) => this.takeFrom(tab, userId, ended, hand)));
    return taken.flat();
  }

  private async takeFrom(
    tab: string,
    userId: string,
    ended: AbortSignal,
    hand: (request: SendMessageRequest) => void,
  ): Promise<SendMessageRequest[]> {
    const { locks } = this;
    const take = () => this.taken(userId, tab);
    if (!locks) return take();
    const left = await locks.request(lockOf(tab), { ifAvailable: true }, (free) => free && take());
    if (left) return left;
    locks.request(lockOf(tab), { signal: ended }, () => take().forEach(hand)).catch(() => undefined);
    return [];
  }

  /** From their notes to the ones of this tab. */
  private taken(userId: string, tab: string): SendMessageRequest[] {
    const noted = this.texts.get(userId, 'outbox', tab);
    const requests = noted ? (JSON.parse(noted) as SendMessageRequest[]) : [];
    for (const request of requests) this.keep(userId, request);
    this.texts.set(userId, 'outbox', tab, '');
    return requests;
  }

  private write(userId: string, noted: readonly SendMessageRequest[]): void {
    this.owner = userId;
    this.noted = noted;
    this.texts.set(userId, 'outbox', this.tab, noted.length > 0 ? JSON.stringify(noted) : '');
  }
}
