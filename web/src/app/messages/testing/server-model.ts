import type { ChangePage, Conversation, ConversationMarker, Message, MessagePage } from '@parlance/contracts';
import { ada, ben, conversation, message } from './fixtures';

/** What a server tells its clients unasked about a conversation. */
export type ModelEvent =
  | { readonly name: 'message'; readonly fact: Message }
  | { readonly name: 'marker'; readonly fact: ConversationMarker }
  | { readonly name: 'snapshot'; readonly fact: Conversation };

/** One conversation of Ada and Ben as a server keeps it, without anything that could go wrong. */
export class ServerModel {
  private readonly stored: Message[] = [];
  private readonly markers = new Map<string, { readSeq: number; deliveredSeq: number }>([
    [ada.id, { readSeq: 0, deliveredSeq: 0 }],
    [ben.id, { readSeq: 0, deliveredSeq: 0 }],
  ]);
  private rev = 0;

  get headSeq(): number {
    return this.stored.length;
  }

  get headRev(): number {
    return this.rev;
  }

  write(senderId: string): ModelEvent {
    this.rev += 1;
    const created = message(this.headSeq + 1, { rev: this.rev, senderId });
    this.stored.push(created);
    return { name: 'message', fact: created };
  }

  edit(seq: number): ModelEvent {
    this.rev += 1;
    return this.change(seq, { rev: this.rev, body: `edit ${this.rev}`, editedAt: '2026-03-02T12:00:00.000Z' });
  }

  delete(seq: number): ModelEvent {
    this.rev += 1;
    return this.change(seq, { rev: this.rev, body: '', deletedAt: '2026-03-02T12:00:00.000Z' });
  }

  mark(userId: string, kind: 'read' | 'delivered', seq: number): ModelEvent {
    const known = this.markerOf(userId);
    const deliveredSeq = Math.max(known.deliveredSeq, seq);
    const readSeq = kind === 'read' ? Math.max(known.readSeq, seq) : known.readSeq;
    this.markers.set(userId, { readSeq, deliveredSeq });
    return { name: 'marker', fact: { conversationId: 'c1', userId, readSeq, deliveredSeq } };
  }

  /** The conversation as Ada is told of it. */
  snapshot(): Conversation {
    const { readSeq, deliveredSeq } = this.markerOf(ada.id);
    const last = this.stored.at(-1);
    return conversation({
      members: [ada, ben].map((user) => ({ user, ...this.markerOf(user.id) })),
      headSeq: this.headSeq,
      headRev: this.headRev,
      readSeq,
      deliveredSeq,
      unread: this.stored.filter(({ seq, senderId }) => seq > readSeq && senderId !== ada.id).length,
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

  private markerOf(userId: string) {
    return this.markers.get(userId) ?? { readSeq: 0, deliveredSeq: 0 };
  }

  private change(seq: number, change: Partial<Message>): ModelEvent {
    const known = this.stored[seq - 1];
    if (!known) throw new Error(`There is no message ${seq}.`);
    const changed = { ...known, ...change };
    this.stored[seq - 1] = changed;
    return { name: 'message', fact: changed };
  }
}
