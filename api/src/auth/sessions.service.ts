import { Injectable } from '@nestjs/common';
import type { DeviceSession, SessionEndReason } from '@parlance/contracts';
import { Env } from '../core/config/env.js';
import { DomainError, NotFound } from '../core/errors/index.js';
import { DomainEvents } from '../core/events/index.js';
import { Broadcaster } from '../core/realtime/index.js';
import { AuditLog } from './audit-log.js';
import { SessionEnded } from './auth.problems.js';
import { SessionClosed } from './events/session-closed.event.js';
import { SessionStarted } from './events/session-started.event.js';
import { LiveSessions } from './live-sessions.js';
import { makeRefreshToken, readRefreshToken } from './refresh-token.js';
import type { SessionRecord } from './session.schema.js';
import { SessionsRepository } from './sessions.repository.js';

const DAY_MS = 86_400_000;
/** An answer with the next token may get lost; so long the one before is still taken, in milliseconds. */
const GRACE_MS = 10_000;

/** A session as it goes on: whose it is, and the next refresh token unless the old one stays. */
export interface ContinuedSession {
  userId: string;
  sessionId: string;
  refreshToken?: string;
}

/** Devices that are signed in: how they begin, go on and end. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly env: Env,
    private readonly sessions: SessionsRepository,
    private readonly live: LiveSessions,
    private readonly events: DomainEvents,
    private readonly broadcaster: Broadcaster,
    private readonly audit: AuditLog,
  ) {}

  async start(userId: string, device: string): Promise<Required<ContinuedSession>> {
    const now = new Date();
    const sessionId = this.sessions.newId();
    const token = makeRefreshToken(this.env.cookieSecret, sessionId);
    await this.sessions.insert({
      _id: sessionId,
      userId,
      tokenHash: token.hash,
      rotatedAt: now,
      device,
      createdAt: now,
      lastSeenAt: now,
      expiresAt: this.endsAt(now, now),
    });
    this.audit.record('signed-in', { user: userId, session: sessionId });
    this.events.publish(new SessionStarted(userId, sessionId));
    return { userId, sessionId, refreshToken: token.text };
  }

  /**
   * Takes a refresh token and puts the next one in its place. The one before is taken for ten seconds more, for a new
   * access token alone; the use of any older one ends the session, since one of the two who have it is a thief. Throws
   * `SessionEnded`.
   */
  async continue(text: string | undefined): Promise<ContinuedSession> {
    const token = readRefreshToken(this.env.cookieSecret, text);
    const session = token && (await this.sessions.findLive(token.sessionId));
    if (!token || !session) throw new DomainError(SessionEnded);
    const continued = { userId: session.userId.toHexString(), sessionId: token.sessionId };
    const now = new Date();

    if (token.hash === session.tokenHash) {
      const next = makeRefreshToken(this.env.cookieSecret, token.sessionId);
      const rotated = await this.sessions.rotate(token.sessionId, token.hash, {
        tokenHash: next.hash,
        rotatedAt: now,
        expiresAt: this.endsAt(session.createdAt, now),
      });
      if (rotated) return { ...continued, refreshToken: next.text };
      // Lost to another request with the same token, which has the next one: this one is within its grace. Or to an end.
      if (await this.sessions.findLive(token.sessionId)) return continued;
      throw new DomainError(SessionEnded);
    }
    if (token.hash === session.previousTokenHash && now.getTime() - session.rotatedAt.getTime() < GRACE_MS) {
      return continued;
    }
    await this.close(continued.userId, token.sessionId, 'token-reused');
    throw new DomainError(SessionEnded);
  }

  /** Ends the session that a refresh token of ours is or was for; any other text ends nothing. */
  async endByToken(text: string | undefined, reason: SessionEndReason): Promise<void> {
    const token = readRefreshToken(this.env.cookieSecret, text);
    const session = token && (await this.sessions.findLive(token.sessionId));
    if (session) await this.close(session.userId.toHexString(), session._id.toHexString(), reason);
  }

  async list(userId: string, currentId: string): Promise<DeviceSession[]> {
    const records = await this.sessions.ofUser(userId);
    return records.map((record) => toDeviceSession(record, currentId));
  }

  /** Ends one session of this user and closes its sockets. Throws `NotFound`. */
  async end(userId: string, sessionId: string, reason: SessionEndReason): Promise<void> {
    if (!(await this.close(userId, sessionId, reason))) throw new DomainError(NotFound);
  }

  /** Ends all sessions of this user but the one given. */
  async endOthers(userId: string, keptId: string, reason: SessionEndReason): Promise<void> {
    const others = (await this.sessions.ofUser(userId))
      .map(({ _id }) => _id.toHexString())
      .filter((id) => id !== keptId);
    await Promise.all(others.map((id) => this.close(userId, id, reason)));
  }

  private async close(userId: string, sessionId: string, reason: SessionEndReason): Promise<boolean> {
    // Nothing may happen to a session that is not this user's: its id alone gives no power over it.
    if (!(await this.sessions.remove(userId, sessionId))) return false;
    this.live.ended(sessionId);
    this.broadcaster.endSession(sessionId, reason);
    this.audit.record('session-ended', { user: userId, session: sessionId, reason });
    this.events.publish(new SessionClosed(userId, sessionId, reason));
    return true;
  }

  private endsAt(createdAt: Date, now: Date): Date {
    const absolute = createdAt.getTime() + this.env.sessionAbsoluteDays * DAY_MS;
    const idle = now.getTime() + this.env.sessionIdleDays * DAY_MS;
    return new Date(Math.min(absolute, idle));
  }
}

function toDeviceSession(record: SessionRecord, currentId: string): DeviceSession {
  const id = record._id.toHexString();
  return {
    id,
    device: record.device,
    createdAt: record.createdAt.toISOString(),
    lastSeenAt: record.lastSeenAt.toISOString(),
    current: id === currentId,
  };
}
