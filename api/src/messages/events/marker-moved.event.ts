import type { ConversationMarker } from '@parlance/contracts';
import { DomainEvent } from '../../core/events/index.js';

/** A member has read or received more than before. */
export class MarkerMoved extends DomainEvent {
  constructor(
    readonly marker: ConversationMarker,
    readonly memberIds: readonly string[],
  ) {
    super();
  }
}
