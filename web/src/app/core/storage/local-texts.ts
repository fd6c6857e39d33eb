import { Injectable } from '@angular/core';

const PREFIX = 'parlance.text.';

/**
 * Short texts that must be kept at once, even while the page goes away: a database would answer too late. Where the
 * browser has no storage for us, nothing is kept and nothing fails.
 */
@Injectable({ providedIn: 'root' })
export class LocalTexts {
  /** Keeps a text; an empty one is removed. */
  set(key: string, text: string): void {
    try {
      if (text) localStorage.setItem(PREFIX + key, text);
      else localStorage.removeItem(PREFIX + key);
    } catch {
      // Closed to us, or full: the text stays for this visit.
    }
  }

  /** Everything kept under keys that begin like this, with the rest of the key in front. */
  under(start: string): [string, string][] {
    return this.keys(PREFIX + start).map((key) => [
      key.slice(PREFIX.length + start.length),
      localStorage.getItem(key) ?? '',
    ]);
  }

  /** Removes everything. */
  wipe(): void {
    for (const key of this.keys(PREFIX)) localStorage.removeItem(key);
  }

  private keys(start: string): string[] {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(start));
    } catch {
      return [];
    }
  }
}
