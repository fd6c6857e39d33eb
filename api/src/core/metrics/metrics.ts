import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Upper bounds, in seconds, of what answers and writes are counted by. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Upper bounds of how many things are done at once. */
const SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

/**
 * What this process tells of itself, in the words of Prometheus: its own CPU, memory and event-loop lag, and what other
 * parts add here. Labels must come from a small set that is known beforehand; ids and texts never become one.
 */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Something that happens; the name ends in `_total`. */
  counter<Label extends string = never>(name: string, help: string, labelNames: readonly Label[] = []): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  /** How long something takes, in seconds; the name ends in `_seconds`. */
  duration<Label extends string = never>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
  ): Histogram<Label> {
    return new Histogram({ name, help, labelNames, buckets: SECONDS, registers: [this.registry] });
  }

  /** How many things are done at once. */
  size(name: string, help: string): Histogram {
    return new Histogram({ name, help, buckets: SIZES, registers: [this.registry] });
  }

  /** How many there are now; asked for only when somebody reads. */
  level(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }
}
