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
   * Hands over what tabs have noted that are gone, in the order typed; what is noted now by one that lives once it is gone,
   * until `ended`. A tab that lives stores its notes itself: from elsewhere they would come behind what it was given since.
   */
  takeOver(userId: string, ended: AbortSignal, hand: (request: SendMessageRequest) => void): void {
    for (const [tab] of this.texts.all(userId, 'outbox')) {
      if (tab === this.tab) continue;
      const take = () => this.taken(userId, tab).forEach(hand);
      if (this.locks) this.locks.request(lockOf(tab), { signal: ended }, take).catch(() => undefined);
      else take();
    }
  }

  private taken(userId: string, tab: string): SendMessageRequest[] {
    const noted = this.texts.get(userId, 'outbox', tab);
    this.texts.set(userId, 'outbox', tab, '');
    return noted ? (JSON.parse(noted) as SendMessageRequest[]) : [];
  }

  private write(userId: string, noted: readonly SendMessageRequest[]): void {
    this.owner = userId;
    this.noted = noted;
    this.texts.set(userId, 'outbox', this.tab, noted.length > 0 ? JSON.stringify(noted) : '');
  }
}
