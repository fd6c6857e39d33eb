/**
 * Limits of the wire contract, used by both sides: the API enforces them, the client shows them while
 * one types. `docs/protocol.md` §3 is the prose of this file. Abuse limits, which an operator can change,
 * are configuration of the API and do not stand here.
 */

/** Number of the socket protocol; the handshake of another one is refused with `upgrade-required`. */
export const PROTOCOL_VERSION = 1;

/** Username: letters, digits, `_ . -`; unique after NFKC and case folding. Lengths in characters. */
export const USERNAME = { minLength: 3, maxLength: 20, pattern: /^[\p{L}\p{N}_.-]+$/u } as const;

/** E-mail address, length in characters (RFC 5321 §4.5.3.1.3 less the angle brackets). */
export const EMAIL = { maxLength: 254 } as const;

/** Display name, length in characters. */
export const DISPLAY_NAME = { minLength: 1, maxLength: 50 } as const;

/** Short text about oneself, length in characters. */
export const BIO = { maxLength: 280 } as const;

/** Password, length in characters. An administrator may raise the minimum; see `PasswordPolicy`. */
export const PASSWORD = { minLength: 8, maxLength: 256 } as const;

/** Message body: code points, and bytes of UTF-8. */
export const MESSAGE_BODY = { minCodePoints: 1, maxCodePoints: 4_000, maxBytes: 16 * 1024 } as const;

/** What one frame of the socket, and one JSON body over HTTP, may hold. `depth` counts nested objects and arrays. */
export const FRAME = { maxBytes: 64 * 1024, maxDepth: 8 } as const;

/** JSON bodies over HTTP, in bytes. */
export const HTTP_BODY = { maxBytes: 32 * 1024 } as const;

/** Items a page: the largest that may be asked for, and what is given when nothing is asked. */
export const PAGE = {
  messages: { default: 50, max: 100 },
  changes: { default: 200, max: 200 },
  conversations: { default: 50, max: 100 },
  users: { default: 30, max: 100 },
  avatarChoices: { default: 10, max: 30 },
} as const;

/** A device that is further behind than this many changes is told to `reset`. */
export const CHANGES_RESET_BEHIND = 2_000;

/** Users that one socket may watch the presence of at a time. */
export const PRESENCE_WATCH = { maxUsers: 200 } as const;

/** Uploaded picture: bytes, media types, and the edge in pixels of the square that is kept. */
export const AVATAR_UPLOAD = {
  maxBytes: 2 * 1024 * 1024,
  mediaTypes: ['image/jpeg', 'image/png', 'image/webp'],
  edgePixels: 256,
} as const;

/** Search text of the user directory, length in characters. */
export const DIRECTORY_QUERY = { maxLength: 50 } as const;

/** Milliseconds a client waits for an ack before it repeats the request. */
export const ACK_TIMEOUT_MS = 8_000;
