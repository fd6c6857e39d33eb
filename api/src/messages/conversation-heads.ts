import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { type ConversationHead, headAfter } from './conversation-head.js';
import { ConversationSummaries } from './conversation-summaries.js';
import { ConversationsRepository } from './conversations.repository.js';
import { MessagesRepository } from './messages.repository.js';
import type { StoredConversation } from './stored-conversation.js';

/** Conversations whose head is kept in memory; some 500 bytes each. */
const MAX_CACHED = 20_000;

/**
 * Where each conversation ends and who takes part. A cached head may be old, which a writer notices because the place
 * it takes is taken; readers who must know the present ask for `fresh`.
 */
@Injectable()
export class ConversationHeads {
  private readonly cache = new LRUCache<string, ConversationHead>({ max: MAX_CACHED });

  constructor(
    private readonly conversations: ConversationsRepository,
    private readonly messages: MessagesRepository,
    private readonly summaries: ConversationSummaries,
  ) {}

  /** Cached or loaded; undefined when there is no such conversation. */
  async get(conversationId: string): Promise<ConversationHead | undefined> {
    return this.cache.get(conversationId) ?? (await this.fresh(conversationId))?.head;
  }

  /** Several at once, by id; those that do not exist are left out. */
  async getMany(conversationIds: Iterable<string>): Promise<Map<string, ConversationHead>> {
    const heads = await Promise.all([...new Set(conversationIds)].map((id) => this.get(id)));
    return new Map(heads.flatMap((head) => (head ? [[head.conversationId, head] as const] : [])));
  }

  /**
   * A conversation as the database has it now, its head counted up to the last message. A summary that turns out to be
   * behind, as after a crash, is repaired.
   */
  async fresh(conversationId: string): Promise<StoredConversation | undefined> {
    const conversation = await this.conversations.findById(conversationId);
    if (!conversation) return undefined;
    const changes = await this.messages.changesBeyond(conversationId, conversation.head.rev);
    const head = headAfter(conversation.head, changes);
    this.learn(head);
    if (changes.length > 0) this.summaries.note(head);
    return { ...conversation, head };
  }

  /** Keeps a head that is known to be on disk, unless a later one is known. */
  learn(head: ConversationHead): void {
    const known = this.cache.peek(head.conversationId);
    if (!known || known.rev <= head.rev) this.cache.set(head.conversationId, head);
  }

  /** The next `get` asks the database. */
  forget(conversationId: string): void {
    this.cache.delete(conversationId);
  }
}
