import { setImmediate as endOfTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { within } from '../core/concurrency/within.js';
import { SessionDirectory } from '../core/identity/index.js';
import { SessionsRepository } from './sessions.repository.js';

const REMEMBERED = 50_000;
/** Bounds how long a session that was ended on another node may still be taken for live here, in milliseconds. */
const REMEMBER_MS = 2_000;
/** Whoever is active with this much left is asked about again meanwhile, in milliseconds, and never waits for it. */
const AHEAD_MS = 1_000;
/** For so long, in milliseconds, questions asked ahead are gathered into one. */
const GATHER_MS = 100;
/** Longest that a question waits for the answer to the one before it, in milliseconds. */
const SHARE_MS = 20;
/** Longer than any question to the database that was on its way when a session ended. */
const REMEMBER_ENDED_MS = 60_000;

/** What is asked together, and which of them are live. */
interface Batch {
  readonly ids: Set<string>;
  readonly live: Promise<ReadonlySet<string>>;
}

/**
 * Answers whether a session stands, asking the database at most once a second for each, and never believing an answer for
 * more than two. What is asked in one turn of the event loop is one question, and so is what is asked while the database
 * answers another: when everybody comes back at once, a look-up each was half of a handshake's CPU. Sessions in use are
 * asked about ahead, dozens together, so that no message waits: before, every tenth of people who write five times a
 * second did.
 */
@Injectable()
export class LiveSessions extends SessionDirectory {
  private readonly known = new LRUCache<string, boolean>({ max: REMEMBERED, ttl: REMEMBER_MS, perf: performance });
  /** Questions on their way: the events of one socket that come meanwhile wait for the same answer. */
  private readonly asked = new Map<string, Promise<boolean>>();
  /** The questions of this turn, and of those in which the one before is not answered yet. */
  private batch: Batch | undefined;
  /** The answer to the last batch. */
  private answered: Promise<unknown> = Promise.resolve();
  /** The questions that nobody waits for. */
  private ahead: Batch | undefined;

  constructor(private readonly sessions: SessionsRepository) {
    super();
  }

  isLive(sessionId: string): boolean | Promise<boolean> {
    const known = this.known.get(sessionId);
    if (known === undefined) return this.asked.get(sessionId) ?? this.ask(sessionId);
    if (known && this.known.getRemainingTTL(sessionId) < AHEAD_MS) this.askAhead(sessionId);
    return known;
  }

  /** From now on the session is refused here. Ids never come back, so this need not be undone. */
  ended(sessionId: string): void {
    this.known.set(sessionId, false, { ttl: REMEMBER_ENDED_MS });
  }

  private ask(sessionId: string): Promise<boolean> {
    const { ids, live } = (this.batch ??= this.openShared());
    ids.add(sessionId);
    const answer = live
      .then((found) => this.learn(sessionId, found.has(sessionId)))
      .finally(() => this.asked.delete(sessionId));
    this.asked.set(sessionId, answer);
    return answer;
  }

  private openShared(): Batch {
    const before = within(SHARE_MS, this.answered).catch(() => undefined);
    const batch = this.openBatch(Promise.all([endOfTurn(), before]), () => (this.batch = undefined));
    this.answered = batch.live;
    return batch;
  }

  private askAhead(sessionId: string): void {
    this.ahead ??= this.openAhead();
    this.ahead.ids.add(sessionId);
  }

  private openAhead(): Batch {
    const gathered = new Promise<void>((resolve) => setTimeout(resolve, GATHER_MS).unref());
    const batch = this.openBatch(gathered, () => (this.ahead = undefined));
    const learnAll = (found: ReadonlySet<string>) => {
      for (const id of batch.ids) this.learn(id, found.has(id));
    };
    // Whoever needs the answer once this one has run out asks again, and is told what the matter is.
    batch.live.then(learnAll).catch(() => undefined);
    return batch;
  }

  /** What is added until `closing` is asked then; `closed` is called before. */
  private openBatch(closing: Promise<unknown>, closed: () => void): Batch {
    const ids = new Set<string>();
    const live = closing.then(() => {
      closed();
      return this.sessions.liveAmong([...ids]);
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
