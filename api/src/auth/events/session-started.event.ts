import { DomainEvent } from '../../core/events/index.js';

/** Somebody has signed in on a device. */
export class SessionStarted extends DomainEvent {
  constructor(
    readonly userId: string,
    readonly sessionId: string,
  ) {
    super();
  }
}
