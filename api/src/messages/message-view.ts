import type { Message } from '@parlance/contracts';
import type { StoredMessage } from './stored-message.js';

/** A message as one member may see it. Fields are named one by one, so that a new one is not told by accident. */
export function toMessage(message: StoredMessage, viewerId: string): Message {
  const { id, conversationId, seq, rev, clientId, senderId, kind, body, createdAt } = message;
  const { editedAt, deletedAt, replyTo } = message;
  return {
    id,
    conversationId,
    seq,
    rev,
    ...(senderId === viewerId && { clientId }),
    senderId,
    kind,
    body,
    createdAt: createdAt.toISOString(),
    ...(editedAt && { editedAt: editedAt.toISOString() }),
    ...(deletedAt && { deletedAt: deletedAt.toISOString() }),
    ...(replyTo !== undefined && { replyTo }),
  };
}
