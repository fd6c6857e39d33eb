import type { Message } from '@parlance/contracts';
import { DomainEvent } from '../../core/events/index.js';

/** A message has changed on disk: another text, or none any more. Published once for each change. */
export class MessageUpdated extends DomainEvent {
  constructor(
    /** As its sender may see it, with `clientId`. */
    readonly message: Message,
    readonly memberIds: readonly string[],
  ) {
    super();
  }
}
