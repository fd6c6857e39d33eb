import { Injectable } from '@nestjs/common';
import type { Ack, Problem } from '@parlance/contracts';
import { Metrics } from '../metrics/metrics.js';
import { Broadcaster } from './broadcaster.js';

type AckFunction = (answer: Ack<never>) => void;

/** What is counted of sockets and of what they ask. */
@Injectable()
export class SocketMetrics {
  private readonly seconds;

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
    const end = this.seconds.startTimer({ event });
    return (answer) => {
      end({ outcome: answer.ok ? 'ok' : codeOf(answer.problem) });
      ack(answer);
    };
  }
}

function codeOf({ type }: Problem): string {
  return type.slice(type.lastIndexOf(':') + 1);
}
