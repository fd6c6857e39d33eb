import { Injectable } from '@nestjs/common';
import {
  type ChangePage,
  CHANGES_RESET_BEHIND,
  type DeleteMessageRequest,
  type EditMessageRequest,
  type Message,
  type MessagePage,
  PAGE,
  type SendMessageRequest,
} from '@parlance/contracts';
import { DomainError, NotFound } from '../core/errors/index.js';
import { ConversationHeads } from './conversation-heads.js';
import type { CreatedOrFound } from './created-or-found.js';
import { type HistoryQuery, historyRange } from './history-range.js';
import { memberOnly } from './member-only.js';
import { toMessage } from './message-view.js';
import { MessageChanger } from './message-changer.js';
import { MessageMetrics } from './message-metrics.js';
import { MessageWriter } from './message-writer.js';
import { MessagesRepository } from './messages.repository.js';

/** What the service accepts from outside and what it answers, for the transports that carry it. */
export { MessageDto } from './dto/message.dto.js';
export { ClientIdReused, MessageDeleted, OutcomeUnknown } from './messages.problems.js';
export { DeleteMessageDto, EditMessageDto, SendMessageDto } from './dto/send-message.dto.js';

/** What a client knows of the changes of a conversation. */
export interface ChangesQuery {
  /** The last `rev` it has; 0 for nothing. */
  after?: number;
  limit?: number;
}

/** Sending, history and catch-up. Whoever is no member gets `NotFound`, as if there were no such conversation. */
@Injectable()
export class MessagesService {
  constructor(
    private readonly writer: MessageWriter,
    private readonly heads: ConversationHeads,
    private readonly messages: MessagesRepository,
    private readonly metrics: MessageMetrics,
    private readonly changer: MessageChanger,
  ) {}

  /**
   * Resolves when the message is durable. The same `clientId` again gives the first message, with `created: false`.
   * Throws what `MessageWriter.write` does.
   */
  send(senderId: string, request: SendMessageRequest): Promise<CreatedOrFound<Message>> {
    const { conversationId, clientId, body, replyTo } = request;
    return this.writer.write({ conversationId, senderId, clientId, body, ...(replyTo !== undefined && { replyTo }) });
  }

  /** Throws what `MessageChanger.edit` does. */
  async edit(userId: string, { messageId, body }: EditMessageRequest): Promise<Message> {
    return toMessage(await this.changer.edit(userId, messageId, body), userId);
  }

  /** Throws what `MessageChanger.delete` does. */
  async delete(userId: string, { messageId }: DeleteMessageRequest): Promise<Message> {
    return toMessage(await this.changer.delete(userId, messageId), userId);
  }

  /** One page, ascending. The head is read first, so that the page has everything up to `headRev`. */
  async history(userId: string, conversationId: string, query: HistoryQuery): Promise<MessagePage> {
    const { head } = memberOnly(await this.heads.fresh(conversationId), userId);
    const { first, last } = historyRange(query, head.seq);
    const items = first > last ? [] : await this.messages.findBySeq(conversationId, first, last);
    return { items: items.map((item) => toMessage(item, userId)), headSeq: head.seq, headRev: head.rev };
  }

  /** One message, for a quote of it. Throws `NotFound` when it is not in this conversation. */
  async one(userId: string, conversationId: string, messageId: string): Promise<Message> {
    memberOnly(await this.heads.get(conversationId), userId);
    const [message] = await this.messages.findByIds([messageId]);
    if (message?.conversationId !== conversationId) throw new DomainError(NotFound);
    return toMessage(message, userId);
  }

  /** What changed beyond a cursor, in its present state; `reset` when the cursor is unknown or too far behind. */
  async changes(userId: string, conversationId: string, query: ChangesQuery): Promise<ChangePage> {
    const { after = 0, limit = PAGE.changes.default } = query;
    const { head } = memberOnly(await this.heads.fresh(conversationId), userId);
    if (after > head.rev || head.rev - after > CHANGES_RESET_BEHIND) {
      this.metrics.catchUps.inc({ answer: 'reset' });
      return { items: [], rev: head.rev, more: false, reset: true };
    }
    this.metrics.catchUps.inc({ answer: 'changes' });
    const found = after === head.rev ? [] : await this.messages.findByRev(conversationId, after, head.rev, limit);
    const items = found.map((item) => toMessage(item, userId));
    // What changed once more meanwhile has left this range and comes with its new `rev`.
    const rev = items.length < limit ? head.rev : (items.at(-1)?.rev ?? head.rev);
    return { items, rev, more: rev < head.rev };
  }
}
