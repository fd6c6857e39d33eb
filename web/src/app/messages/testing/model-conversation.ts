import type { ChangePage, Conversation, ConversationMarker, Message, MessagePage, User } from '@parlance/contracts';
import { conversation, message } from './fixtures';

interface Marks {
  readonly readSeq: number;
  readonly deliveredSeq: number;
}

const UNMARKED: Marks = { readSeq: 0, deliveredSeq: 0 };

/** One conversation as a server keeps it, without anything that could go wrong. */
export class ModelConversation {
  private readonly stored: Message[] = [];
  private readonly marks = new Map<string, Marks>();
  private rev = 0;

  constructor(
    readonly id: string,
    readonly memberIds: Set<string>,
  ) {}

  get headSeq(): number {
    return this.stored.length;
  }

  get headRev(): number {
    return this.rev;
  }

  write(senderId: string): Message {
    this.rev += 1;
    const created = message(this.headSeq + 1, { conversationId: this.id, rev: this.rev, senderId });
    this.stored.push(created);
    return created;
  }

  edit(seq: number): Message {
    this.rev += 1;
    return this.change(seq, { body: `edit ${this.rev}`, editedAt: '2026-03-02T12:00:00.000Z' });
  }

  delete(seq: number): Message {
    this.rev += 1;
    return this.change(seq, { body: '', deletedAt: '2026-03-02T12:00:00.000Z' });
  }

  mark(userId: string, kind: 'read' | 'delivered', seq: number): ConversationMarker {
    const known = this.marksOf(userId);
    const deliveredSeq = Math.max(known.deliveredSeq, seq);
    const readSeq = kind === 'read' ? Math.max(known.readSeq, seq) : known.readSeq;
    this.marks.set(userId, { readSeq, deliveredSeq });
    return { conversationId: this.id, userId, readSeq, deliveredSeq };
  }

  join(userId: string): void {
    this.rev += 1;
    this.memberIds.add(userId);
  }

  leave(userId: string): void {
    this.rev += 1;
    this.memberIds.delete(userId);
  }

  /** The conversation as this member is told of it. */
  snapshot(viewerId: string, userOf: (id: string) => User): Conversation {
    const { readSeq, deliveredSeq } = this.marksOf(viewerId);
    const last = this.stored.at(-1);
    return conversation({
      id: this.id,
      members: [...this.memberIds].map((id) => ({ user: userOf(id), ...this.marksOf(id) })),
      headSeq: this.headSeq,
      headRev: this.headRev,
      readSeq,
      deliveredSeq,
      unread: this.stored.filter(({ seq, senderId }) => seq > readSeq && senderId !== viewerId).length,
      ...(last && { lastMessage: last }),
    });
  }

  /** All messages, by `seq`, as they are now. */
  messages(): Message[] {
    return [...this.stored];
  }

  latest(limit: number): MessagePage {
    return { items: this.stored.slice(-limit), headSeq: this.headSeq, headRev: this.headRev };
  }

  /** Up to `limit` messages from `first` on. */
  page(first: number, limit: number): MessagePage {
    const items = this.stored.filter(({ seq }) => seq >= first && seq < first + limit);
    return { items, headSeq: this.headSeq, headRev: this.headRev };
  }

  changes(after: number, limit: number): ChangePage {
    const beyond = this.stored.filter(({ rev }) => rev > after).sort((a, b) => a.rev - b.rev);
    const items = beyond.slice(0, limit);
    const rev = items.length < beyond.length ? (items.at(-1)?.rev ?? after) : this.headRev;
    return { items, rev, more: rev < this.headRev };
  }

  private marksOf(userId: string): Marks {
    return this.marks.get(userId) ?? UNMARKED;
  }

  private change(seq: number, change: Partial<Message>): Message {
    const known = this.stored[seq - 1];
    if (!known) throw new Error(`There is no message ${seq}.`);
    const changed = { ...known, ...change, rev: this.rev };
    this.stored[seq - 1] = changed;
    return changed;
  }
}
