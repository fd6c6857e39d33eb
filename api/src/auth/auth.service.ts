import { Injectable } from '@nestjs/common';
import type {
  AuthPolicy,
  ChangePasswordRequest,
  LoginRequest,
  RegisterRequest,
  SessionGrant,
} from '@parlance/contracts';
import { Env } from '../core/config/env.js';
import { DomainError } from '../core/errors/index.js';
import { AccessTokens, type Identity } from '../core/identity/index.js';
import { UsersService } from '../users/users.service.js';
import { AuditLog } from './audit-log.js';
import { BadCredentials, InvitationRequired, SignupClosed, WrongPassword } from './auth.problems.js';
import { PasswordPolicy } from './password-policy.js';
import { PasswordsService } from './passwords.service.js';
import { type ContinuedSession, SessionsService } from './sessions.service.js';
import { SignInAttempts } from './sign-in-attempts.js';

/** From where somebody comes. */
export interface Visitor {
  address: string;
  device: string;
  /** Id of the device when it has signed in to that account before. */
  knownDevice: (userId: string) => string | undefined;
}

/** What a client gets, and the refresh token for its cookie if there is a new one. */
export interface Entry {
  grant: SessionGrant;
  refreshToken?: string | undefined;
}

/** Accounts and passwords: who may come in. */
@Injectable()
export class AuthService {
  constructor(
    private readonly env: Env,
    private readonly users: UsersService,
    private readonly passwords: PasswordsService,
    private readonly passwordPolicy: PasswordPolicy,
    private readonly sessions: SessionsService,
    private readonly tokens: AccessTokens,
    private readonly attempts: SignInAttempts,
    private readonly audit: AuditLog,
  ) {}

  policy(): AuthPolicy {
    return { password: this.passwordPolicy.lengths, signup: this.env.signup };
  }

  /** Makes an account and signs it in. Throws `SignupClosed`, `InvitationRequired`, `ValidationFailed`, and what `UsersService.create` throws. */
  async register({ username, email, password, displayName }: RegisterRequest, visitor: Visitor): Promise<Entry> {
    this.admit(visitor);
    this.passwordPolicy.check('password', password, [username, email.split('@')[0] ?? '', displayName ?? '']);
    const passwordHash = await this.passwords.hash(password);
    const user = await this.users.create({ username, email, ...(displayName !== undefined && { displayName }) });
    try {
      await this.passwords.store(user.id, passwordHash);
    } catch (error) {
      // Without a password the name would be taken by nobody, for ever.
      await this.users.remove(user.id);
      throw error;
    }
    this.audit.record('registered', { user: user.id, role: user.role, address: visitor.address });
    return this.enter(await this.sessions.start(user.id, visitor.device));
  }

  /** Throws `BadCredentials`, the same and after the same time for an unknown name, and `TooManyAttempts`. */
  async login({ identifier, password }: LoginRequest, visitor: Visitor): Promise<Entry> {
    const user = await this.users.findByIdentifier(identifier);
    const attempt = {
      account: user?.id ?? identifier.normalize('NFKC').toLowerCase(),
      address: visitor.address,
      device: user ? visitor.knownDevice(user.id) : undefined,
    };
    const verdict = await this.attempts.guard(attempt, () => this.passwords.verify(user?.id, password));
    if (!user || !verdict.matches) {
      this.audit.record('sign-in-refused', { user: user?.id ?? 'unknown', address: visitor.address });
      throw new DomainError(BadCredentials);
    }
    const session = await this.sessions.start(user.id, visitor.device);
    // Changed in between, the new password has ended all sessions that there were, and this was not yet one of them.
    if (!(await this.passwords.isStill(user.id, verdict))) {
      await this.sessions.end(user.id, session.sessionId, 'password-changed');
      throw new DomainError(BadCredentials);
    }
    return this.enter(session);
  }

  /** Throws `SessionEnded`. */
  async refresh(refreshToken: string | undefined): Promise<Entry> {
    return this.enter(await this.sessions.continue(refreshToken));
  }

  /** Ends the session of this refresh token, if there is one. */
  async logout(refreshToken: string | undefined): Promise<void> {
    await this.sessions.endByToken(refreshToken, 'signed-out');
  }

  /** Ends all other sessions. Throws `WrongPassword` with the field, `TooManyAttempts` and `ValidationFailed`. */
  async changePassword(caller: Identity, request: ChangePasswordRequest, visitor: Visitor): Promise<void> {
    const { userId, sessionId } = caller;
    const attempt = { account: userId, address: visitor.address, device: `session-${sessionId}` };
    const { matches } = await this.attempts.guard(attempt, () =>
      this.passwords.verify(userId, request.currentPassword),
    );
    if (!matches) {
      this.audit.record('password-change-refused', { user: userId, address: visitor.address });
      throw new DomainError(WrongPassword, {
        errors: [{ path: 'currentPassword', rule: 'wrong', message: 'This is not your present password.' }],
      });
    }
    const user = await this.users.ownUser(userId);
    this.passwordPolicy.check('newPassword', request.newPassword, [
      user.username,
      user.email.split('@')[0] ?? '',
      user.displayName,
    ]);
    await this.passwords.store(userId, await this.passwords.hash(request.newPassword));
    await this.sessions.endOthers(userId, sessionId, 'password-changed');
    this.audit.record('password-changed', { user: userId, address: visitor.address });
  }

  /** Whether strangers may make an account at all. */
  private admit({ address }: Visitor): void {
    if (this.env.signup === 'open') return;
    this.audit.record('sign-up-refused', { reason: this.env.signup, address });
    throw new DomainError(this.env.signup === 'invite' ? InvitationRequired : SignupClosed);
  }

  private async enter({ userId, sessionId, refreshToken }: ContinuedSession): Promise<Entry> {
    const user = await this.users.ownUser(userId);
    const { accessToken, expiresAt } = await this.tokens.issue({ userId, sessionId, role: user.role });
    return { grant: { accessToken, expiresAt: expiresAt.toISOString(), user }, refreshToken };
  }
}
