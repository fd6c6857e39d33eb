import type { User } from '@parlance/contracts';
import { DomainEvent } from '../../core/events/index.js';

/** What others see of a person has changed: name, bio or picture. */
export class UserUpdated extends DomainEvent {
  constructor(readonly user: User) {
    super();
  }
}
