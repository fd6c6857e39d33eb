import { DOCUMENT } from '@angular/common';
import { ErrorHandler, Injectable, computed, effect, inject, signal, untracked } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { fromEvent, merge } from 'rxjs';
import { Session } from '../core/identity/session';
import { LocalDatabase } from '../core/storage/local-database';
import { CLOCK } from './clock';

/** Typing is stored when it pauses for this long, and when the page goes away; in milliseconds. */
export const DRAFT_DEBOUNCE_MS = 400;

/** What was typed and not yet sent, per conversation and user; survives a reload. */
@Injectable({ providedIn: 'root' })
export class Drafts {
  private readonly clock = inject(CLOCK);
  private readonly database = inject(LocalDatabase);
  private readonly errors = inject(ErrorHandler);
  private readonly session = inject(Session);
  private readonly texts = signal<ReadonlyMap<string, string>>(new Map());
  private readonly loadedFor = signal<string | undefined>(undefined);
  private readonly ownId = computed(() => this.session.user()?.id);
  private readonly dirty = new Set<string>();
  private cancelTimer: (() => void) | undefined;

  /** Whether what an earlier visit left is here. */
  readonly loaded = computed(() => this.loadedFor() !== undefined && this.loadedFor() === this.ownId());

  constructor() {
    const document = inject(DOCUMENT);
    effect(() => {
      const id = this.ownId();
      untracked(() => void this.startFor(id));
    });
    const window = document.defaultView;
    merge(fromEvent(document, 'visibilitychange'), ...(window ? [fromEvent(window, 'pagehide')] : []))
      .pipe(takeUntilDestroyed())
      .subscribe(() => void this.flush());
  }

  /** The draft of a conversation, empty when there is none, as a signal read. */
  text(conversationId: string): string {
    return this.texts().get(conversationId) ?? '';
  }

  /** Takes the draft over at once and stores it when the typing pauses. An empty text ends it. */
  set(conversationId: string, text: string): void {
    if (this.text(conversationId) === text) return;
    const texts = new Map(this.texts());
    if (text) texts.set(conversationId, text);
    else texts.delete(conversationId);
    this.texts.set(texts);
    this.dirty.add(conversationId);
    this.cancelTimer?.();
    this.cancelTimer = this.clock.schedule(DRAFT_DEBOUNCE_MS, () => void this.flush());
  }

  /** Stores what is not stored yet. A storage that refuses is reported, and the draft stays for this visit. */
  async flush(): Promise<void> {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    const userId = this.loadedFor();
    if (!userId || this.dirty.size === 0) return;
    const changed = [...this.dirty].map((conversationId) => ({ conversationId, text: this.text(conversationId) }));
    this.dirty.clear();
    try {
      const database = await this.database.open();
      const transaction = database.transaction('drafts', 'readwrite');
      const writes = changed.map(({ conversationId, text }) =>
        text
          ? transaction.store.put({ userId, conversationId, text })
          : transaction.store.delete([userId, conversationId]),
      );
      await Promise.all([...writes, transaction.done]);
    } catch (error) {
      this.errors.handleError(error);
    }
  }

  private async startFor(userId: string | undefined): Promise<void> {
    this.dirty.clear();
    this.cancelTimer?.();
    this.texts.set(new Map());
    this.loadedFor.set(undefined);
    if (!userId) return;
    const stored = await this.read(userId);
    if (this.ownId() !== userId) return;
    // What was typed while this was read is newer.
    this.texts.set(new Map([...stored, ...this.texts()]));
    this.loadedFor.set(userId);
    await this.flush();
  }

  private async read(userId: string): Promise<[string, string][]> {
    try {
      const database = await this.database.open();
      const own = IDBKeyRange.bound([userId], [userId, []]);
      const rows = await database.getAll('drafts', own);
      return rows.map(({ conversationId, text }) => [conversationId, text]);
    } catch (error) {
      this.errors.handleError(error);
      return [];
    }
  }
}
