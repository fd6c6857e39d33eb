import { Injectable } from '@angular/core';
import { Subject } from 'rxjs';

const USER_KEY = 'parlance.user';
const CHANNEL = 'parlance.session';

type Said = 'signed-in' | 'signed-out';

/** What is said, and of whom if somebody is there now: storage may come to another tab later than the word of it. */
interface Hint {
  readonly said: Said;
  readonly userId?: string;
}

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
    this.channel?.addEventListener('message', ({ data }: MessageEvent<Hint>) => {
      if (data.userId !== undefined) this.remember(data.userId);
      this.heard.next(data.said);
    });
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

  tellSignedIn(userId: string): void {
    this.channel?.postMessage({ said: 'signed-in', userId } satisfies Hint);
  }

  tellSignedOut(): void {
    this.channel?.postMessage({ said: 'signed-out' } satisfies Hint);
  }
}
