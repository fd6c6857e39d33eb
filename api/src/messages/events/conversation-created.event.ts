import type { Conversation } from '@parlance/contracts';
import { DomainEvent } from '../../core/events/index.js';

/** Somebody has opened a conversation that did not exist. */
export class ConversationCreated extends DomainEvent {
  constructor(
    /** The conversation as each of its members sees it. */
    readonly views: readonly { userId: string; conversation: Conversation }[],
  ) {
    super();
  }
}
