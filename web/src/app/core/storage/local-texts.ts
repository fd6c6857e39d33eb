import { Injectable, inject } from '@angular/core';
import { type Observable, filter, fromEvent, map } from 'rxjs';
import { LocalOwner } from './local-owner';

const PREFIX = 'parlance.text.';

/** What a text is: typed and not sent, the message that this answers, or given to the outbox and not stored yet. */
export type TextKind = 'draft' | 'answer' | 'outbox';

const keyOf = (userId: string, kind: TextKind, name = '') => `${PREFIX}${kind}.${userId}.${name}`;

/**
 * Short texts that must be kept at once, even while the page goes away: a database would answer too late. Where the
 * browser has no storage for us, nothing is kept and nothing fails.
 */
@Injectable({ providedIn: 'root' })
export class LocalTexts {
  private readonly owner = inject(LocalOwner);

  /** Keeps a text, for as long as the browser keeps anything for this person; an empty one is removed. */
  set(userId: string, kind: TextKind, name: string, text: string): void {
    const key = keyOf(userId, kind, name);
    try {
      // A tab that was frozen while they signed out knows nothing of that.
      if (text && this.owner.userId === userId) localStorage.setItem(key, text);
      else localStorage.removeItem(key);
    } catch {
      // Closed to us, or full: the text stays for this visit.
    }
  }

  get(userId: string, kind: TextKind, name: string): string {
    try {
      return localStorage.getItem(keyOf(userId, kind, name)) ?? '';
    } catch {
      return '';
    }
  }

  /** This person's texts of one kind, by name. */
  all(userId: string, kind: TextKind): [name: string, text: string][] {
    const start = keyOf(userId, kind);
    return keys(start).map((key) => [key.slice(start.length), localStorage.getItem(key) ?? '']);
  }

  /** Texts of one kind as another tab keeps them from now on; an empty one was removed. */
  changedElsewhere(userId: string, kind: TextKind): Observable<[name: string, text: string]> {
    const start = keyOf(userId, kind);
    return fromEvent<StorageEvent>(window, 'storage').pipe(
      filter(({ key }) => key?.startsWith(start) ?? false),
      map(({ key, newValue }) => [key?.slice(start.length) ?? '', newValue ?? '']),
    );
  }

  /** Removes everything of this person's, or of everybody's. */
  wipe(userId?: string): void {
    for (const key of keys(PREFIX))
      if (userId === undefined || key.split('.')[3] === userId) localStorage.removeItem(key);
  }
}

function keys(start: string): string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(start));
  } catch {
    return [];
  }
}
