import type { User } from './users.js';

/** A message; the same object in ack, push, history page and catch-up. */
export interface Message {
  id: string;
  conversationId: string;
  /** Place in the conversation, dense from 1, given once. */
  seq: number;
  /** The conversation's change counter at this message's last change. */
  rev: number;
  /** UUID made by the sender's device; sent to the sender's devices only. */
  clientId?: string;
  senderId: string;
  /** `text`, `system`, or a kind that an extension declares. */
  kind: 'text' | 'system' | (string & {});
  /** Plain text, NFC. Rendered as text, never as markup. */
  body: string;
  /** ISO 8601 UTC, set by the server. */
  createdAt: string;
  editedAt?: string;
  deletedAt?: string;
  /** Id of the message that this one answers. */
  replyTo?: string;
  /** Parts that extensions add, by extension id. */
  ext?: Record<string, unknown>;
}

export type ConversationKind = 'direct' | 'group';

/** A conversation as one of its members sees it. */
export interface Conversation {
  id: string;
  kind: ConversationKind;
  /** Groups only. */
  title?: string;
  members: ConversationMember[];
  /** Highest `seq` given; 0 while empty. */
  headSeq: number;
  /** Highest `rev` given; 0 while untouched. */
  headRev: number;
  /** How far the caller has read. */
  readSeq: number;
  /** How far the caller's devices have received. */
  deliveredSeq: number;
  /** `headSeq − readSeq` less the caller's own messages after `readSeq`. */
  unread: number;
  lastMessage?: Message;
  /** ISO 8601 UTC. */
  createdAt: string;
}

/** A member with the markers that everybody in the conversation may see. */
export interface ConversationMember {
  user: User;
  readSeq: number;
  deliveredSeq: number;
}

/** `POST /api/conversations` for two people. */
export interface OpenDirectConversationRequest {
  kind: 'direct';
  userId: string;
}

/** `message:send` */
export interface SendMessageRequest {
  conversationId: string;
  /** UUID; the same one again gives the first message back. */
  clientId: string;
  body: string;
  replyTo?: string;
}

/** `POST /api/conversations/:id/messages` */
export type PostMessageRequest = Omit<SendMessageRequest, 'conversationId'>;

/** `GET /api/conversations/:id/messages`: ascending `seq`. */
export interface MessagePage {
  items: Message[];
  headSeq: number;
  headRev: number;
}

/** `GET /api/conversations/:id/changes`: ascending `rev`. */
export interface ChangePage {
  items: Message[];
  /** The `rev` to continue from. */
  rev: number;
  more: boolean;
  /** Too far behind: drop the window and load the latest page. */
  reset?: true;
}

/** How far one member has read and received; only moves forward. */
export interface ConversationMarker {
  conversationId: string;
  userId: string;
  readSeq: number;
  deliveredSeq: number;
}

/** `conversation:read` and `conversation:delivered` */
export interface MarkRequest {
  conversationId: string;
  seq: number;
}

/** Another text for one's own message. The same one again changes nothing. */
export interface EditMessageRequest {
  messageId: string;
  /** As `SendMessageRequest.body`. */
  body: string;
}

/** Takes the text of one's own message away for everybody; its place stays. Again, it changes nothing. */
export interface DeleteMessageRequest {
  messageId: string;
}
