import type { SessionEndReason } from './auth.js';
import type {
  Conversation,
  ConversationMarker,
  DeleteMessageRequest,
  EditMessageRequest,
  MarkRequest,
  Message,
  SendMessageRequest,
} from './messages.js';
import type {
  SetPresenceRequest,
  TypingNotice,
  TypingRequest,
  UserPresence,
  WatchPresenceRequest,
} from './presence.js';
import type { Ack } from './problem.js';
import type { User } from './users.js';

/** `handshake.auth` of the socket. */
export interface SocketHandshake {
  token: string;
  /** `PROTOCOL_VERSION` */
  protocol: number;
}

/** Requests of the client: payload and the data of a successful ack. Extensions augment this interface. */
export interface SocketRequests {
  'message:send': { payload: SendMessageRequest; data: Message };
  'message:edit': { payload: EditMessageRequest; data: Message };
  'message:delete': { payload: DeleteMessageRequest; data: Message };
  'conversation:read': { payload: MarkRequest; data: ConversationMarker };
  'conversation:delivered': { payload: MarkRequest; data: ConversationMarker };
  typing: { payload: TypingRequest; data: void };
  'presence:watch': { payload: WatchPresenceRequest; data: UserPresence[] };
  'presence:set': { payload: SetPresenceRequest; data: void };
  'auth:refresh': { payload: { token: string }; data: void };
}

/** Facts from the server, by event name. Extensions augment this interface. */
export interface SocketFacts {
  'message:created': Message;
  'message:updated': Message;
  'conversation:created': Conversation;
  'conversation:updated': Conversation;
  'conversation:removed': { id: string };
  'conversation:marker': ConversationMarker;
  typing: TypingNotice;
  'presence:changed': UserPresence;
  'user:updated': User;
  /** `headRev` by conversation id: those that changed since the last digest. */
  heads: Record<string, number>;
  'session:expiring': { at: string };
  'session:ended': { reason: SessionEndReason };
  'server:draining': { retryInMs: number };
}

export type SocketRequestName = keyof SocketRequests;
export type SocketFactName = keyof SocketFacts;

/** Event map for `socket.io-client`: what the client emits. */
export type ClientToServerEvents = {
  [E in SocketRequestName]: (
    payload: SocketRequests[E]['payload'],
    ack: (answer: Ack<SocketRequests[E]['data']>) => void,
  ) => void;
};

/** Event map for `socket.io-client`: what the server emits. */
export type ServerToClientEvents = {
  [E in SocketFactName]: (fact: SocketFacts[E]) => void;
};
