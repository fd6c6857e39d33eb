import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { DomainError, Forbidden, Unauthenticated } from '../errors/index.js';
import { ACCESS_RULE, type AccessRule, identityHolder } from './access.js';
import { AccessTokens } from './access-tokens.js';
import type { Identity } from './identity.js';
import { SessionDirectory } from './session-directory.js';

/**
 * The global guard: a handler is open only as far as it declares. It sees HTTP requests and socket events alike; a
 * socket's identity was verified at its handshake and is only checked here to be still in force.
 */
@Injectable()
export class IdentityGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: AccessTokens,
    private readonly sessions: SessionDirectory,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(ACCESS_RULE, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (rule === 'public') return true;
    if (rule === undefined) throw new DomainError(Forbidden);

    const identity = this.identify(context);
    const live = this.sessions.isLive(identity.sessionId);
    return live instanceof Promise ? live.then((known) => check(identity, rule, known)) : check(identity, rule, live);
  }

  /** What the handshake has left on a socket; of a request, what its token says. */
  private identify(context: ExecutionContext): Identity {
    const holder = identityHolder(context);
    if (context.getType() === 'ws') {
      if (holder.identity) return holder.identity;
      throw new DomainError(Unauthenticated);
    }
    const { headers } = context.switchToHttp().getRequest<{ headers: { authorization?: string } }>();
    const [scheme, token] = headers.authorization?.split(' ') ?? [];
    if (scheme?.toLowerCase() !== 'bearer' || !token) throw new DomainError(Unauthenticated);
    return (holder.identity = this.tokens.verify(token));
  }
}

function check(identity: Identity, rule: AccessRule, isLive: boolean): true {
  if (!isLive) throw new DomainError(Unauthenticated, { detail: 'This session has ended. Sign in again.' });
  if (rule === 'admin' && identity.role !== 'admin') throw new DomainError(Forbidden);
  return true;
}
