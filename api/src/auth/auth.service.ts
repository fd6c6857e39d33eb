import { Injectable, Logger } from '@nestjs/common';
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
import { BadCredentials, SignupClosed, WrongPassword } from './auth.problems.js';
import { CredentialsRepository } from './credentials.repository.js';
import { PasswordHasher } from './password-hasher.js';
import { PasswordPolicy } from './password-policy.js';
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
  private readonly audit = new Logger('Audit');

  constructor(
    private readonly env: Env,
    private readonly users: UsersService,
    private readonly credentials: CredentialsRepository,
    private readonly hasher: PasswordHasher,
    private readonly passwords: PasswordPolicy,
    private readonly sessions: SessionsService,
    private readonly tokens: AccessTokens,
    private readonly attempts: SignInAttempts,
  ) {}

  policy(): AuthPolicy {
    return { password: this.passwords.lengths, signup: this.env.signup };
  }

  /** Makes an account and signs it in. Throws `SignupClosed`, `ValidationFailed`, and what `UsersService.create` throws. */
  async register({ username, email, password, displayName }: RegisterRequest, visitor: Visitor): Promise<Entry> {
    if (this.env.signup !== 'open') throw new DomainError(SignupClosed);
    this.passwords.check('password', password, [username, email.split('@')[0] ?? '', displayName ?? '']);
    const passwordHash = await this.hasher.hash(password);
    const user = await this.users.create({ username, email, ...(displayName !== undefined && { displayName }) });
    try {
      await this.credentials.setPasswordHash(user.id, passwordHash);
    } catch (error) {
      // Without a password the name would be taken by nobody, for ever.
      await this.users.remove(user.id);
      throw error;
    }
    this.audit.log(`register user=${user.id} role=${user.role}`);
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
    this.attempts.begin(attempt);
    const stored = user ? await this.credentials.passwordHash(user.id) : undefined;
    const { matches, outdated } = await this.hasher.verify(password, stored);
    if (!user || !matches) {
      this.audit.warn(`sign-in-refused user=${user?.id ?? 'unknown'}`);
      throw new DomainError(BadCredentials);
    }
    this.attempts.succeeded(attempt);
    if (outdated) await this.credentials.setPasswordHash(user.id, await this.hasher.hash(password));
    return this.enter(await this.sessions.start(user.id, visitor.device));
  }

  /** Throws `SessionEnded`. */
  async refresh(refreshToken: string | undefined): Promise<Entry> {
    return this.enter(await this.sessions.continue(refreshToken));
  }

  /** Ends the session of this refresh token, if there is one. */
  async logout(refreshToken: string | undefined): Promise<void> {
    const session = await this.sessions.find(refreshToken);
    if (session) await this.sessions.end(session.userId, session.sessionId, 'signed-out');
  }

  /** Ends all other sessions. Throws `WrongPassword` with the field, `TooManyAttempts` and `ValidationFailed`. */
  async changePassword(caller: Identity, request: ChangePasswordRequest, visitor: Visitor): Promise<void> {
    const { userId, sessionId } = caller;
    const attempt = { account: userId, address: visitor.address, device: `session-${sessionId}` };
    this.attempts.begin(attempt);
    const { matches } = await this.hasher.verify(request.currentPassword, await this.credentials.passwordHash(userId));
    if (!matches) {
      this.audit.warn(`password-change-refused user=${userId}`);
      throw new DomainError(WrongPassword, {
        errors: [{ path: 'currentPassword', rule: 'wrong', message: 'This is not your present password.' }],
      });
    }
    this.attempts.succeeded(attempt);
    const user = await this.users.ownUser(userId);
    this.passwords.check('newPassword', request.newPassword, [
      user.username,
      user.email.split('@')[0] ?? '',
      user.displayName,
    ]);
    await this.credentials.setPasswordHash(userId, await this.hasher.hash(request.newPassword));
    await this.sessions.endOthers(userId, sessionId, 'password-changed');
    this.audit.log(`password-changed user=${userId}`);
  }

  private async enter({ userId, sessionId, refreshToken }: ContinuedSession): Promise<Entry> {
    const user = await this.users.ownUser(userId);
    const { accessToken, expiresAt } = await this.tokens.issue({ userId, sessionId, role: user.role });
    return { grant: { accessToken, expiresAt: expiresAt.toISOString(), user }, refreshToken };
  }
}
