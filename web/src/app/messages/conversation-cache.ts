import { Injectable, inject } from '@angular/core';
import type { Conversation, Message } from '@parlance/contracts';
import { LocalDatabase, type RunRecord } from '../core/storage/local-database';
import { CLOCK } from '../core/clock/clock-token';

/** Conversations whose messages are kept, in memory and on this device; the one opened longest ago makes room. */
export const KEPT_CONVERSATIONS = 10;
/** Messages of one conversation that are kept on this device: more than a screen, and soon read. */
export const KEPT_MESSAGES = 100;
/** Conversations of the list that are kept on this device. */
export const KEPT_IN_LIST = 50;
/** What changes is stored when this long nothing has, in milliseconds. */
export const KEEP_DEBOUNCE_MS = 500;

/** The end of a conversation, as it is to be kept. */
export interface KeptRun {
  /** Gapless, by ascending `seq`. */
  readonly messages: Message[];
  /** Everything up to here is known. */
  readonly rev: number;
}

/**
 * The conversations that this device saw last, so that the first screen after a reload needs no network. It is a stale
 * snapshot and nothing more: catch-up makes it current, and takes out what was deleted meanwhile. Where the browser keeps
 * nothing for us, everything works without it.
 */
@Injectable({ providedIn: 'root' })
export class ConversationCache {
  private readonly clock = inject(CLOCK);
  private readonly database = inject(LocalDatabase);
  private loaded: { userId: string; conversations: Conversation[]; runs: RunRecord[] } | undefined;
  private readonly openedAt = new Map<string, number>();
  /** Ends the wait of what is to be stored. */
  private readonly waiting = new Map<string, () => void>();
  private writing: Promise<unknown> = Promise.resolve();

  /** Reads what is kept for this user, once, before anybody asks for it. */
  async load(userId: string | undefined): Promise<void> {
    if (userId === undefined) return;
    try {
      const list = await this.database.read('lists', (lists) => lists.get(userId));
      const runs = await this.database.read('runs', (stored) => stored.index('userId').getAll(userId));
      runs.sort((a, b) => b.openedAt - a.openedAt);
      for (const { conversationId, openedAt } of runs) this.openedAt.set(conversationId, openedAt);
      this.loaded = { userId, conversations: list?.conversations ?? [], runs };
    } catch {
      this.loaded = undefined;
    }
  }

  /** The list as it was; empty when nothing is kept for this user. */
  listOf(userId: string | undefined): readonly Conversation[] {
    return this.loaded && this.loaded.userId === userId ? this.loaded.conversations : [];
  }

  /** The conversations as they were, last opened first. */
  runsOf(userId: string | undefined): readonly RunRecord[] {
    return this.loaded && this.loaded.userId === userId ? this.loaded.runs : [];
  }

  opened(conversationId: string): void {
    this.openedAt.set(conversationId, this.clock.now());
  }

  keepList(userId: string, conversations: readonly Conversation[]): void {
    const record = { userId, conversations: conversations.slice(0, KEPT_IN_LIST) };
    this.soon('list', () => this.database.put(userId, 'lists', () => record));
  }

  /** Keeps the end of a conversation as it is when it is stored, a moment later; nothing while there is none. */
  keepRun(userId: string, conversationId: string, end: () => KeptRun | undefined): void {
    this.soon(conversationId, () => {
      const openedAt = this.openedAt.get(conversationId) ?? 0;
      return this.database.put(userId, 'runs', () => {
        const kept = end();
        return kept && { conversationId, userId, items: kept.messages, rev: kept.rev, openedAt };
      });
    });
  }

  dropRun(conversationId: string): void {
    this.waiting.get(conversationId)?.();
    this.waiting.delete(conversationId);
    this.after(() => this.database.delete('runs', conversationId));
  }

  /** Somebody else is here, or nobody: nothing more of what was is stored. */
  stop(): void {
    for (const cancel of this.waiting.values()) cancel();
    this.waiting.clear();
    this.openedAt.clear();
    this.loaded = undefined;
  }

  private soon(key: string, work: () => Promise<unknown>): void {
    this.waiting.get(key)?.();
    const cancel = this.clock.schedule(KEEP_DEBOUNCE_MS, () => {
      this.waiting.delete(key);
      this.after(work);
    });
    this.waiting.set(key, cancel);
  }

  /** One after the other; what could not be kept is not kept. */
  private after(work: () => Promise<unknown>): void {
    this.writing = this.writing.then(work).catch(() => undefined);
  }
}
