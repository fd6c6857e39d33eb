import { Injectable, computed, effect, inject, signal, untracked } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { EMPTY, catchError } from 'rxjs';
import { Session } from '../core/identity/session';
import { Realtime } from '../core/realtime/realtime';
import { CLOCK } from '../core/clock/clock-token';

/** A notice is repeated while somebody goes on typing, and forgotten when it is not; in milliseconds. */
export const TYPING = { repeatMs: 3_000, expireMs: 6_000 } as const;

/** Who is typing where. Best effort: a notice that is lost heals with the next, or expires. */
@Injectable({ providedIn: 'root' })
export class Typing {
  private readonly realtime = inject(Realtime);
  private readonly clock = inject(CLOCK);
  private readonly active = signal<ReadonlyMap<string, readonly string[]>>(new Map());
  private readonly expiries = new Map<string, () => void>();
  private readonly told = new Map<string, number>();

  constructor() {
    const session = inject(Session);
    const ownId = computed(() => session.user()?.id);
    effect(() => {
      ownId();
      untracked(() => this.clear());
    });
    this.realtime
      .on('typing')
      .pipe(takeUntilDestroyed())
      .subscribe(({ conversationId, userId, active }) => {
        if (userId === ownId()) return;
        if (active) this.start(conversationId, userId);
        else this.end(conversationId, userId);
      });
    this.realtime
      .on('message:created')
      .pipe(takeUntilDestroyed())
      .subscribe(({ conversationId, senderId }) => this.end(conversationId, senderId));
  }

  /** Ids of those who are typing in a conversation, as a signal read. */
  in(conversationId: string): readonly string[] {
    return this.active().get(conversationId) ?? [];
  }

  /** The user has typed, or has stopped. Passed on as often as the others need it. */
  tell(conversationId: string, active: boolean): void {
    const last = this.told.get(conversationId);
    const now = this.clock.now();
    if (active ? last !== undefined && now - last < TYPING.repeatMs : last === undefined) return;
    if (active) this.told.set(conversationId, now);
    else this.told.delete(conversationId);
    this.realtime
      .request('typing', { conversationId, active })
      .pipe(catchError(() => EMPTY))
      .subscribe();
  }

  private start(conversationId: string, userId: string): void {
    const key = `${conversationId} ${userId}`;
    this.expiries.get(key)?.();
    this.expiries.set(
      key,
      this.clock.schedule(TYPING.expireMs, () => this.end(conversationId, userId)),
    );
    const typing = this.active().get(conversationId) ?? [];
    if (!typing.includes(userId)) this.active.set(new Map(this.active()).set(conversationId, [...typing, userId]));
  }

  private end(conversationId: string, userId: string): void {
    const key = `${conversationId} ${userId}`;
    this.expiries.get(key)?.();
    this.expiries.delete(key);
    const typing = this.active().get(conversationId) ?? [];
    if (!typing.includes(userId)) return;
    const left = typing.filter((id) => id !== userId);
    this.active.set(new Map(this.active()).set(conversationId, left));
  }

  private clear(): void {
    for (const cancel of this.expiries.values()) cancel();
    this.expiries.clear();
    this.told.clear();
    this.active.set(new Map());
  }
}
