import { Injectable } from '@angular/core';
import { Subject } from 'rxjs';

const USER_KEY = 'parlance.user';
const CHANNEL = 'parlance.session';

type Said = 'signed-in' | 'signed-out';

/**
 * What tabs tell each other of the session, and whose it is: an id, no secret. A browser that never had a session is
 * not worth a request at start.
 */
@Injectable({ providedIn: 'root' })
export class SessionHints {
  private readonly channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(CHANNEL) : undefined;
  private readonly heard = new Subject<Said>();

  /** What another tab has done. */
  readonly otherTab$ = this.heard.asObservable();

  constructor() {
    this.channel?.addEventListener('message', ({ data }: MessageEvent<Said>) => this.heard.next(data));
  }

  /** Who was last signed in here; null for nobody, or after signing out. */
  get userId(): string | null {
    try {
      return localStorage.getItem(USER_KEY);
    } catch {
      return null;
    }
  }

  remember(userId: string): void {
    try {
      localStorage.setItem(USER_KEY, userId);
    } catch {
      // Storage is closed to us: the next start asks for a password, and that is all.
    }
  }

  /** After signing out on purpose. */
  forget(): void {
    try {
      localStorage.removeItem(USER_KEY);
    } catch {
      // Nothing was kept, then.
    }
    this.tellSignedOut();
  }

  tellSignedIn(): void {
    this.channel?.postMessage('signed-in' satisfies Said);
  }

  tellSignedOut(): void {
    this.channel?.postMessage('signed-out' satisfies Said);
  }
}
