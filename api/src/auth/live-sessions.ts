import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { SessionDirectory } from '../core/identity/index.js';
import { SessionsRepository } from './sessions.repository.js';

const REMEMBERED = 50_000;
/** Bounds how long a session that was ended on another node may still be taken for live here, in milliseconds. */
const REMEMBER_MS = 2_000;

/** Answers whether a session stands, asking the database at most every two seconds for each. */
@Injectable()
export class LiveSessions extends SessionDirectory {
  private readonly live = new LRUCache<string, true>({ max: REMEMBERED, ttl: REMEMBER_MS });

  constructor(private readonly sessions: SessionsRepository) {
    super();
  }

  async isLive(sessionId: string): Promise<boolean> {
    if (this.live.has(sessionId)) return true;
    const live = await this.sessions.isLive(sessionId);
    if (live) this.live.set(sessionId, true);
    return live;
  }

  /** From now on the session is asked for anew. */
  forget(sessionId: string): void {
    this.live.delete(sessionId);
  }
}
