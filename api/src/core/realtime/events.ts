import { DomainEvent } from '../events/index.js';
import type { Identity } from '../identity/index.js';

/** A device has connected and may be spoken to. */
export class SocketConnected extends DomainEvent {
  constructor(
    readonly identity: Identity,
    readonly socketId: string,
  ) {
    super();
  }
}

/** A device is gone, for whatever reason. */
export class SocketDisconnected extends DomainEvent {
  constructor(
    readonly identity: Identity,
    readonly socketId: string,
  ) {
    super();
  }
}
