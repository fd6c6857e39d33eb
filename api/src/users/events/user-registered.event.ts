import type { User } from '@parlance/contracts';
import { DomainEvent } from '../../core/events/index.js';

/** Somebody has made an account. */
export class UserRegistered extends DomainEvent {
  constructor(readonly user: User) {
    super();
  }
}
