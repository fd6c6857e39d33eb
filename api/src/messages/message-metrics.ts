import { Injectable } from '@nestjs/common';
import { Metrics } from '../core/metrics/metrics.js';

/** What is counted of messages on their way into the store, and of devices that catch up. */
@Injectable()
export class MessageMetrics {
  /** Messages that were written, and sends that found their first message. */
  readonly written;
  readonly batch;
  readonly writeSeconds;
  readonly retries;
  readonly unknown;
  readonly overloaded;
  readonly catchUps;

  constructor(private readonly metrics: Metrics) {
    this.written = metrics.counter('parlance_messages_written_total', 'Messages acknowledged, by what was found.', [
      'outcome',
    ]);
    this.batch = metrics.size('parlance_message_batch_size', 'Messages in one write to the store.');
    this.writeSeconds = metrics.duration('parlance_message_write_seconds', 'How long one write of messages takes.');
    this.retries = metrics.counter(
      'parlance_message_retries_total',
      'Messages and changes that lost their place to another process and tried again.',
    );
    this.unknown = metrics.counter(
      'parlance_message_outcomes_unknown_total',
      'Writes whose outcome was not told in time; nothing of them was acknowledged.',
    );
    this.overloaded = metrics.counter(
      'parlance_messages_refused_total',
      'Messages and changes refused: too many wait, the store did not answer, or other processes were always first.',
    );
    this.catchUps = metrics.counter('parlance_catch_ups_total', 'Devices that asked what they missed, by answer.', [
      'answer',
    ]);
  }

  /** Tells how many messages wait or are being written. */
  waiting(read: () => number): void {
    this.metrics.level('parlance_messages_waiting', 'Messages that wait or are being written.', read);
  }
}
