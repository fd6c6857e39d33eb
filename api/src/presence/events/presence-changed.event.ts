import type { UserPresence } from '@parlance/contracts';
import { DomainEvent } from '../../core/events/index.js';

/** Others see a person in another state than before. */
export class PresenceChanged extends DomainEvent {
  constructor(readonly presence: UserPresence) {
    super();
  }
}
