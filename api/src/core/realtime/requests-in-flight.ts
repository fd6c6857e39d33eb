import { setImmediate as nextTurn } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { DomainError, Overloaded } from '../errors/index.js';
import type { AckFunction } from './packet-guard.js';

const RETRY_SECONDS = 1;

/** Whoever asked is gone. */
const nobody: AckFunction = () => undefined;

/** The requests of one socket. */
export interface SocketRequests {
  /**
   * The ack to hand to the handler, counted until it is called; the first answer counts. Throws `Overloaded` once the
   * server is stopping. Of a socket that is gone nothing is counted: what it had sent behind its goodbye never reaches a
   * handler.
   */
  track(ack: AckFunction): AckFunction;
  release(): void;
}

/** Requests of sockets that were accepted and are not answered yet: a stop waits for them and accepts no others. */
@Injectable()
export class RequestsInFlight implements BeforeApplicationShutdown {
  private count = 0;
  private stopping = false;
  private allDone: (() => void) | undefined;

  /** Those of one socket; `release` once it is gone: nobody waits for an answer then, and none may ever be given. */
  ofSocket(): SocketRequests {
    let open = 0;
    let isReleased = false;
    const done = (requests: number) => {
      open -= requests;
      this.count -= requests;
      if (this.count === 0) this.allDone?.();
    };
    return {
      track: (ack) => {
        if (this.stopping) {
          throw new DomainError(Overloaded, { detail: 'This server is about to stop.', retryAfter: RETRY_SECONDS });
        }
        if (isReleased) return nobody;
        this.count += 1;
        open += 1;
        let isAnswered = false;
        return (answer) => {
          if (isAnswered || isReleased) return;
          isAnswered = true;
          done(1);
          ack(answer);
        };
      },
      release: () => {
        isReleased = true;
        done(open);
      },
    };
  }

  /** Runs while the sockets are still open. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    if (this.count > 0) await new Promise<void>((resolve) => (this.allDone = resolve));
    // What was said in this turn leaves at its end (`FlushOnce`); closing throws away what has not left.
    await nextTurn();
  }
}
