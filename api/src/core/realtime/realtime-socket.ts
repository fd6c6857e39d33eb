import type { SocketFactName, SocketFacts } from '@parlance/contracts';
import type { DefaultEventsMap, Server, Socket } from 'socket.io';
import type { Identity } from '../identity/index.js';

export type FactEmits = { [E in SocketFactName]: (fact: SocketFacts[E]) => void };

/** What the handshake leaves on a socket. */
export interface SocketData {
  identity: Identity;
  /** Address of the client, seen through configured proxies. */
  address: string;
}

export type RealtimeServer = Server<DefaultEventsMap, FactEmits, DefaultEventsMap, SocketData>;
/** A device. Once it is admitted its `handshake` holds neither headers nor token; `data` is what was made of them. */
export type RealtimeSocket = Socket<DefaultEventsMap, FactEmits, DefaultEventsMap, SocketData>;

/** Rooms are named here and nowhere else. */
export const userRoom = (userId: string) => `user:${userId}`;
export const sessionRoom = (sessionId: string) => `session:${sessionId}`;
