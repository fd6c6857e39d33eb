import { Injectable } from '@nestjs/common';
import { type Conversation, type ConversationMarker, type MarkRequest, type Page, PAGE } from '@parlance/contracts';
import { DomainError, NotFound, ValidationFailed } from '../core/errors/index.js';
import { DomainEvents } from '../core/events/index.js';
import { UsersService } from '../users/users.service.js';
import { decodeCursor, encodeCursor } from './conversation-cursor.js';
import { ConversationHeads } from './conversation-heads.js';
import { ConversationSummaries } from './conversation-summaries.js';
import { toConversation, toMarker, type ViewParts } from './conversation-view.js';
import type { ReadMarker } from './conversation.schema.js';
import { ConversationsRepository, type MarkerMove } from './conversations.repository.js';
import type { CreatedOrFound } from './created-or-found.js';
import { ConversationCreated } from './events/conversation-created.event.js';
import { MarkerMoved } from './events/marker-moved.event.js';
import { memberOnly } from './member-only.js';
import { MessagesRepository } from './messages.repository.js';
import { deliveredSeq, readMarker, type StoredConversation } from './stored-conversation.js';

/** What the service accepts from outside and what it answers, for the transports that carry it. */
export { MarkDto } from './dto/conversation-requests.dto.js';
export { ConversationDto, ConversationMarkerDto, ConversationRemovedDto } from './dto/conversation.dto.js';

export type MarkerKind = 'read' | 'delivered';

/** Who talks with whom, and how far everybody has read. Whoever is no member gets `NotFound`. */
@Injectable()
export class ConversationsService {
  constructor(
    private readonly conversations: ConversationsRepository,
    private readonly messages: MessagesRepository,
    private readonly heads: ConversationHeads,
    private readonly summaries: ConversationSummaries,
    private readonly users: UsersService,
    private readonly events: DomainEvents,
  ) {}

  /** The conversation of two people; made when there is none. Throws `ValidationFailed` for oneself, `NotFound` for nobody. */
  async openDirect(userId: string, otherId: string): Promise<CreatedOrFound<Conversation>> {
    if (userId === otherId) {
      const message = 'Choose somebody else: a chat needs two people.';
      throw new DomainError(ValidationFailed, { errors: [{ path: 'userId', rule: 'not-oneself', message }] });
    }
    if (!(await this.users.exists(otherId))) {
      const message = 'This person is not here, or not any more.';
      throw new DomainError(NotFound, { errors: [{ path: 'userId', rule: 'unknown', message }] });
    }
    const { conversation, created } = await this.conversations.openDirect([userId, otherId]);
    const present = created ? conversation : await this.present(userId, conversation.id);
    const parts = await this.partsOf([present]);
    if (created) {
      const views = present.memberIds.map((id) => ({ userId: id, conversation: toConversation(present, id, parts) }));
      this.events.publish(new ConversationCreated(views));
    }
    return { created, item: toConversation(present, userId, parts) };
  }

  async get(userId: string, conversationId: string): Promise<Conversation> {
    const conversation = await this.present(userId, conversationId);
    return toConversation(conversation, userId, await this.partsOf([conversation]));
  }

  /** Newest activity first. Throws `ValidationFailed` for a cursor that is none. */
  async list(userId: string, query: { limit?: number; cursor?: string }): Promise<Page<Conversation>> {
    const { limit = PAGE.conversations.default, cursor } = query;
    const after = cursor === undefined ? undefined : decodeCursor(cursor);
    await this.summaries.flush(({ memberIds }) => memberIds.includes(userId));
    const found = await this.conversations.page(userId, after, limit + 1);
    const page = found.slice(0, limit);
    const parts = await this.partsOf(page);
    const last = page.at(-1);
    return {
      items: page.map((conversation) => toConversation(conversation, userId, parts)),
      ...(found.length > limit && last && { next: encodeCursor({ activityAt: last.head.activityAt, id: last.id }) }),
    };
  }

  /** Moves a marker forward, at most to the last message; reading implies having received. Answers where it stands. */
  async mark(userId: string, kind: MarkerKind, { conversationId, seq }: MarkRequest): Promise<ConversationMarker> {
    const before = await this.present(userId, conversationId);
    const target = Math.min(seq, before.head.seq);
    const move: MarkerMove = { delivered: target };
    if (kind === 'read' && target > readMarker(before, userId).seq) {
      move.read = await this.readUpTo(before, userId, target);
    }
    if (!move.read && target <= deliveredSeq(before, userId)) return toMarker(before, userId);

    const after = memberOnly(await this.conversations.moveMarkers(conversationId, userId, move), userId);
    const marker = toMarker(after, userId);
    this.events.publish(new MarkerMoved(marker, after.memberIds));
    return marker;
  }

  /** Members of a conversation that the caller is in. */
  async membersOf(userId: string, conversationId: string): Promise<readonly string[]> {
    return memberOnly(await this.heads.get(conversationId), userId).memberIds;
  }

  /** Everybody who shares a conversation with this person, the person included. */
  async contactsOf(userId: string): Promise<string[]> {
    return [...new Set([...(await this.conversations.contactsOf(userId)), userId])];
  }

  private async present(userId: string, conversationId: string): Promise<StoredConversation> {
    return memberOnly(await this.heads.fresh(conversationId), userId);
  }

  /** A read marker at `seq`: counts one's own messages from the nearer side, the old marker's or the end's. */
  private async readUpTo(conversation: StoredConversation, userId: string, seq: number): Promise<ReadMarker> {
    const { id, head } = conversation;
    const from = readMarker(conversation, userId);
    const sent =
      seq - from.seq <= head.seq - seq
        ? from.sent + (await this.messages.countOf(userId, id, from.seq, seq))
        : (head.sent[userId] ?? 0) - (await this.messages.countOf(userId, id, seq, head.seq));
    return { seq, sent };
  }

  /** People and last messages of a whole page, in two queries. */
  private async partsOf(page: readonly StoredConversation[]): Promise<ViewParts> {
    const [users, lastMessages] = await Promise.all([
      this.users.getMany([...new Set(page.flatMap(({ memberIds }) => memberIds))]),
      this.messages.findByIds(page.flatMap(({ head }) => head.lastMessageId ?? [])),
    ]);
    return {
      users: new Map(users.map((user) => [user.id, user])),
      lastMessages: new Map(lastMessages.map((message) => [message.id, message])),
    };
  }
}
