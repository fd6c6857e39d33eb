/** State that others see; `invisible` is seen as `offline`. */
export type PresenceState = 'active' | 'away' | 'offline';

/** State that one can set for oneself. */
export type OwnPresenceState = 'active' | 'away' | 'invisible';

export interface UserPresence {
  userId: string;
  state: PresenceState;
  /** ISO 8601 UTC; when the last device left. Absent while online or when unknown. */
  lastSeenAt?: string;
}

/** `presence:watch`: replaces the last list. */
export interface WatchPresenceRequest {
  userIds: string[];
}

/** `presence:set` */
export interface SetPresenceRequest {
  state: OwnPresenceState;
}

/** `typing` upstream. */
export interface TypingRequest {
  conversationId: string;
  active: boolean;
}

/** `typing` downstream. */
export interface TypingNotice extends TypingRequest {
  userId: string;
}
