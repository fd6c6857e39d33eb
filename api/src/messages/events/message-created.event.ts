import type { Message } from '@parlance/contracts';
import { DomainEvent } from '../../core/events/index.js';

/** A message is on disk. Published once for each, in the order of `rev` within a conversation. */
export class MessageCreated extends DomainEvent {
  constructor(
    /** As its sender may see it, with `clientId`. */
    readonly message: Message,
    readonly memberIds: readonly string[],
  ) {
    super();
  }
}
