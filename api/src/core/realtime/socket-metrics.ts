import { Injectable } from '@nestjs/common';
import type { Ack, Problem } from '@parlance/contracts';
import type { Histogram } from 'prom-client';
import { Metrics } from '../metrics/metrics.js';
import { Broadcaster } from './broadcaster.js';

type AckFunction = (answer: Ack<never>) => void;

/** What is counted of sockets and of what they ask. */
@Injectable()
export class SocketMetrics {
  private readonly seconds;
  private readonly known = new Map<string, Histogram.Internal<'event' | 'outcome'>>();

  constructor(metrics: Metrics, broadcaster: Broadcaster) {
    this.seconds = metrics.duration(
      'parlance_socket_request_seconds',
      'From a request on a socket to its ack, by event and outcome: ok, or the code of the problem.',
      ['event', 'outcome'],
    );
    metrics.level('parlance_sockets', 'Sockets that are open.', () => broadcaster.connections);
  }

  /**
   * An ack that is counted and timed when it is given.
   * @param event one that has a handler; whatever else a client sends must not become a label
   */
  counted(event: string, ack: AckFunction): AckFunction {
    const began = performance.now();
    return (answer) => {
      const outcome = answer.ok ? 'ok' : codeOf(answer.problem);
      this.series(event, outcome).observe((performance.now() - began) / 1000);
      ack(answer);
    };
  }

  /** Kept, because to find it by its labels costs more than to count. */
  private series(event: string, outcome: string): Histogram.Internal<'event' | 'outcome'> {
    const key = `${event} ${outcome}`;
    const known = this.known.get(key) ?? this.seconds.labels(event, outcome);
    this.known.set(key, known);
    return known;
  }
}

function codeOf({ type }: Problem): string {
  return type.slice(type.lastIndexOf(':') + 1);
}
