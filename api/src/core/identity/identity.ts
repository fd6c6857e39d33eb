import type { UserRole } from '@parlance/contracts';

/** Who asks, as the access token says. */
export interface Identity {
  readonly userId: string;
  readonly sessionId: string;
  readonly role: UserRole;
  /** When the access token ends. */
  readonly expiresAt: Date;
}
