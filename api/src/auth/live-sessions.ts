import { setImmediate as endOfTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { SessionDirectory } from '../core/identity/index.js';
import { SessionsRepository } from './sessions.repository.js';

const REMEMBERED = 50_000;
/** Bounds how long a session that was ended on another node may still be taken for live here, in milliseconds. */
const REMEMBER_MS = 2_000;
/** Longer than any question to the database that was on its way when a session ended. */
const REMEMBER_ENDED_MS = 60_000;

/** What is asked together, and which of them are live. */
interface Batch {
  readonly ids: string[];
  readonly live: Promise<ReadonlySet<string>>;
}

/**
 * Answers whether a session stands, asking the database at most every two seconds for each. What is asked in one turn of
 * the event loop is one question: when everybody comes back at once, a look-up each was half of a handshake's CPU.
 */
@Injectable()
export class LiveSessions extends SessionDirectory {
  private readonly known = new LRUCache<string, boolean>({ max: REMEMBERED, ttl: REMEMBER_MS });
  /** Questions on their way: the events of one socket that come meanwhile wait for the same answer. */
  private readonly asked = new Map<string, Promise<boolean>>();
  /** The questions of this turn. */
  private batch: Batch | undefined;

  constructor(private readonly sessions: SessionsRepository) {
    super();
  }

  isLive(sessionId: string): boolean | Promise<boolean> {
    return this.known.get(sessionId) ?? this.asked.get(sessionId) ?? this.ask(sessionId);
  }

  /** From now on the session is refused here. Ids never come back, so this need not be undone. */
  ended(sessionId: string): void {
    this.known.set(sessionId, false, { ttl: REMEMBER_ENDED_MS });
  }

  private ask(sessionId: string): Promise<boolean> {
    const { ids, live } = (this.batch ??= this.openBatch());
    ids.push(sessionId);
    const answer = live
      .then((found) => this.learn(sessionId, found.has(sessionId)))
      .finally(() => this.asked.delete(sessionId));
    this.asked.set(sessionId, answer);
    return answer;
  }

  private openBatch(): Batch {
    const ids: string[] = [];
    const live = endOfTurn().then(() => {
      this.batch = undefined;
      return this.sessions.liveAmong(ids);
    });
    return { ids, live };
  }

  private learn(sessionId: string, live: boolean): boolean {
    // It may have ended since the database answered; a cache must not outlive a revocation.
    if (this.known.get(sessionId) === false) return false;
    this.known.set(sessionId, live);
    return live;
  }
}
