import type { Message } from '@parlance/contracts';
import type { StoredMessage } from './stored-message.js';

/** A message as one member may see it. Fields are named one by one, so that a new one is not told by accident. */
export function toMessage(message: StoredMessage, viewerId: string): Message {
  const { id, conversationId, seq, rev, clientId, senderId, kind, body, createdAt } = message;
  const { editedAt, deletedAt, replyTo } = message;
  const view: Message = { id, conversationId, seq, rev, senderId, kind, body, createdAt: createdAt.toISOString() };
  if (senderId === viewerId) view.clientId = clientId;
  if (editedAt) view.editedAt = editedAt.toISOString();
  if (deletedAt) view.deletedAt = deletedAt.toISOString();
  if (replyTo !== undefined) view.replyTo = replyTo;
  return view;
}
