import { createSecretKey, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { Env } from '../config/env.js';
import { DomainError, Unauthenticated } from '../errors/index.js';
import type { Identity } from './identity.js';

const ISSUER = 'parlance';
const AUDIENCE = 'parlance-api';
const ALGORITHM = 'HS256';
/** RFC 9068 §2.1: the media type that keeps an access token from being taken for another kind of JWT. */
const TYPE = 'at+jwt';
const TOLERANCE_SECONDS = 30;

interface Claims {
  sub: string;
  sid: string;
  role: Identity['role'];
  exp: number;
}

/** Issues and verifies access tokens. Two keys are known at a time, so that a key can be changed while people are in. */
@Injectable()
export class AccessTokens {
  private readonly current: JwtService;
  private readonly previous: JwtService | undefined;

  constructor(private readonly env: Env) {
    this.current = withKey(env.accessTokenSecret);
    this.previous = env.accessTokenSecretPrevious ? withKey(env.accessTokenSecretPrevious) : undefined;
  }

  /** A token for this session, valid for `ACCESS_TOKEN_SECONDS`. */
  async issue(of: Pick<Identity, 'userId' | 'sessionId' | 'role'>): Promise<{ accessToken: string; expiresAt: Date }> {
    const exp = Math.floor(Date.now() / 1000) + this.env.accessTokenSeconds;
    const accessToken = await this.current.signAsync(
      { sid: of.sessionId, role: of.role, exp },
      {
        algorithm: ALGORITHM,
        issuer: ISSUER,
        audience: AUDIENCE,
        subject: of.userId,
        jwtid: randomUUID(),
        header: { alg: ALGORITHM, typ: TYPE, kid: 'current' },
      },
    );
    return { accessToken, expiresAt: new Date(exp * 1000) };
  }

  /** Who the token speaks for. Throws `Unauthenticated` for anything but a token of ours that is in time. */
  verify(token: string): Identity {
    const identity = verifiedBy(this.current, token) ?? (this.previous && verifiedBy(this.previous, token));
    if (identity) return identity;
    throw new DomainError(Unauthenticated, { detail: 'The access token is missing, has ended or is not valid.' });
  }
}

/**
 * The secret is made a key once. Given as text, it is tried as a public key at each token, and the error that comes of
 * that costs ten times as much as the verification.
 */
function withKey(secret: string): JwtService {
  return new JwtService({ secret: createSecretKey(secret, 'utf8') });
}

function verifiedBy(jwt: JwtService, token: string): Identity | undefined {
  try {
    const { header, payload } = jwt.verify<{ header: { typ?: string }; payload: Claims }>(token, {
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience: AUDIENCE,
      clockTolerance: TOLERANCE_SECONDS,
      complete: true,
    });
    if (header.typ !== TYPE) return undefined;
    const { sub, sid, role, exp } = payload;
    return { userId: sub, sessionId: sid, role, expiresAt: new Date(exp * 1000) };
  } catch {
    // Any fault of a token is the same to whoever sent it.
    return undefined;
  }
}
