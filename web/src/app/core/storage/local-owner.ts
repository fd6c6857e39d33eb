import { Injectable } from '@angular/core';

const KEY = 'parlance.user';

/**
 * For whom this browser keeps anything: an id, no secret. All tabs share it. Where the browser has no storage for us it is
 * nobody, and nothing fails.
 */
@Injectable({ providedIn: 'root' })
export class LocalOwner {
  /** Who was last signed in here; null for nobody, or after signing out. */
  get userId(): string | null {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  }

  set userId(userId: string | null) {
    try {
      if (userId === null) localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, userId);
    } catch {
      // Storage is closed to us: the next start asks for a password, and that is all.
    }
  }
}
