import type { SessionEndReason } from '@parlance/contracts';
import { DomainEvent } from '../../core/events/index.js';

/** A session is over and its tokens are worth nothing. */
export class SessionClosed extends DomainEvent {
  constructor(
    readonly userId: string,
    readonly sessionId: string,
    readonly reason: SessionEndReason,
  ) {
    super();
  }
}
