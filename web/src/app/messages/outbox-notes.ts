import { Injectable, inject } from '@angular/core';
import type { SendMessageRequest } from '@parlance/contracts';
import { LocalTexts } from '../core/storage/local-texts';
import { newClientId } from './client-id';

const keyOf = (userId: string, tab = '') => `outbox.${userId}.${tab}`;

/**
 * What was given to the outbox and is not in the database yet. Noted at once, so that a page that goes away meanwhile
 * neither loses it nor leaves it as a draft beside the message: the next visit hands it over again, under the same
 * `clientId`.
 */
@Injectable({ providedIn: 'root' })
export class OutboxNotes {
  private readonly texts = inject(LocalTexts);
  /** Each tab has notes of its own: what two of them write at once must not replace each other. */
  private readonly tab = newClientId();
  private owner: string | undefined;
  private noted: readonly SendMessageRequest[] = [];

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

  /** What earlier visits, or other tabs that are about to store it, have noted, in the order typed; noted no more. */
  take(userId: string): SendMessageRequest[] {
    const others = this.texts.under(keyOf(userId)).filter(([tab]) => tab !== this.tab);
    for (const [tab] of others) this.texts.set(keyOf(userId, tab), '');
    return others.flatMap(([, text]) => JSON.parse(text) as SendMessageRequest[]);
  }

  private write(userId: string, noted: readonly SendMessageRequest[]): void {
    this.owner = userId;
    this.noted = noted;
    this.texts.set(keyOf(userId, this.tab), noted.length > 0 ? JSON.stringify(noted) : '');
  }
}
