import { Injectable, Logger } from '@nestjs/common';
import type { ConversationHead } from './conversation-head.js';
import { ConversationsRepository } from './conversations.repository.js';

/** How long a summary may wait for others, in milliseconds; every message of a conversation meanwhile costs nothing. */
const FLUSH_MS = 1_000;

/** Summaries in one write: messages that are sent meanwhile wait for no more than these. */
const AT_ONCE = 16;

/**
 * Writes the summaries of conversations (last message, activity, counts) behind the messages, many at once. Losing
 * what waits here loses nothing: the messages are the truth, and heads count what a summary does not have yet.
 */
@Injectable()
export class ConversationSummaries {
  private readonly logger = new Logger(ConversationSummaries.name);
  private waiting = new Map<string, ConversationHead>();
  private writing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(private readonly conversations: ConversationsRepository) {}

  /** Has this head written within a second. */
  note(head: ConversationHead): void {
    const known = this.waiting.get(head.conversationId);
    if (known && known.rev >= head.rev) return;
    this.waiting.set(head.conversationId, head);
    if (!this.stopped) this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS).unref();
  }

  /** Writes what waits, and waits for nothing more: the store is about to go. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.flush();
  }

  /** Resolves when everything noted before the call was written, or has failed and waits again. Never rejects. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  private async write(): Promise<void> {
    const heads = [...this.waiting.values()];
    this.waiting = new Map();
    for (let from = 0; from < heads.length; from += AT_ONCE) await this.writeSome(heads.slice(from, from + AT_ONCE));
  }

  private async writeSome(heads: readonly ConversationHead[]): Promise<void> {
    try {
      await this.conversations.writeSummaries(heads);
    } catch (error) {
      this.logger.warn(`Summaries of ${heads.length} conversations wait: ${error instanceof Error ? error.name : ''}`);
      for (const head of heads) this.note(head);
    }
  }
}
