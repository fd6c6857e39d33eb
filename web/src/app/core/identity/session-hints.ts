import { DestroyRef, inject, Injectable } from '@angular/core';
import { Subject } from 'rxjs';
import { LocalOwner } from '../storage/local-owner';

const CHANNEL = 'parlance.session';

/** What a tab has done with the session, or heard of it, and whose it is. */
export interface SessionHint {
  /** `ended` is the server's doing. */
  readonly said: 'signed-in' | 'signed-out' | 'ended';
  readonly userId: string;
}

/**
 * What tabs tell each other of the session, and whose it is: an id, no secret. A browser that never had a session is
 * not worth a request at start.
 */
@Injectable({ providedIn: 'root' })
export class SessionHints {
  private readonly owner = inject(LocalOwner);
  private channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(CHANNEL) : undefined;
  private readonly heard = new Subject<SessionHint>();

  /** What another tab has done or heard. */
  readonly otherTab$ = this.heard.asObservable();

  constructor() {
    this.channel?.addEventListener('message', ({ data }: MessageEvent<SessionHint>) => {
      // Storage may come to another tab later than the word of it, and the word to a tab that was frozen later than all.
      if (data.said === 'signed-in') this.owner.userId ??= data.userId;
      else if (data.said === 'signed-out') this.leave(data.userId);
      this.heard.next(data);
    });
    inject(DestroyRef).onDestroy(() => {
      this.channel?.close();
      // A sign-out that is still under way has nobody to tell any more.
      this.channel = undefined;
    });
  }

  /** Who was last signed in here; null for nobody, or after signing out. */
  get userId(): string | null {
    return this.owner.userId;
  }

  remember(userId: string): void {
    this.owner.userId = userId;
  }

  tellSignedIn(userId: string): void {
    this.tell({ said: 'signed-in', userId });
  }

  /** This person has signed out on purpose. */
  tellSignedOut(userId: string): void {
    this.leave(userId);
    this.tell({ said: 'signed-out', userId });
  }

  /** The server says that this person's session is over. */
  tellEnded(userId: string): void {
    this.tell({ said: 'ended', userId });
  }

  private leave(userId: string): void {
    if (this.owner.userId === userId) this.owner.userId = null;
  }

  private tell(hint: SessionHint): void {
    this.channel?.postMessage(hint);
  }
}
