import { DomainError, NotFound } from '../core/errors/index.js';
import type { ConversationHead } from './conversation-head.js';
import type { StoredConversation } from './stored-conversation.js';

/** The one check of membership: a conversation of others answers exactly as one that does not exist. */
export function memberOnly<T extends ConversationHead | StoredConversation>(of: T | undefined, userId: string): T {
  if (!of?.memberIds.includes(userId)) throw new DomainError(NotFound);
  return of;
}
