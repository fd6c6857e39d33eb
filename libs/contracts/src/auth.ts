import type { OwnUser } from './users.js';

/** `POST /api/auth/register` */
export interface RegisterRequest {
  username: string;
  email: string;
  password: string;
  displayName?: string;
}

/** `POST /api/auth/login`; `identifier` is a username or an e-mail address. */
export interface LoginRequest {
  identifier: string;
  password: string;
}

/** Answer of register, login and refresh; the refresh token itself travels only in its cookie. */
export interface SessionGrant {
  accessToken: string;
  /** When the access token ends, ISO 8601 UTC. */
  expiresAt: string;
  user: OwnUser;
}

/** `POST /api/auth/password` */
export interface ChangePasswordRequest {
  currentPassword: string;
  newPassword: string;
}

/** `GET /api/auth/policy` */
export interface AuthPolicy {
  password: { minLength: number; maxLength: number };
  /** Whether strangers can make an account. */
  signup: 'open' | 'closed' | 'invite';
}

/** One device that is signed in. */
export interface DeviceSession {
  id: string;
  /** Browser and system as told by the client, e.g. `Firefox on Linux`. */
  device: string;
  /** ISO 8601 UTC. */
  createdAt: string;
  /** ISO 8601 UTC. */
  lastSeenAt: string;
  /** Whether it is the session that asks. */
  current: boolean;
}

/** Why a session ended, in `session:ended`. */
export type SessionEndReason = 'signed-out' | 'ended-elsewhere' | 'expired' | 'password-changed' | 'token-reused';
