import { Injectable, Logger } from '@nestjs/common';

/**
 * Lets pushes wait for the present turn of the event loop, in their order: an ack that is on its way leaves before the
 * push of the same message.
 */
@Injectable()
export class PushQueue {
  private readonly logger = new Logger(PushQueue.name);
  private waiting: (() => void)[] = [];

  add(push: () => void): void {
    if (this.waiting.push(push) === 1) setImmediate(() => this.drain());
  }

  private drain(): void {
    const pushes = this.waiting;
    this.waiting = [];
    for (const push of pushes) {
      try {
        push();
      } catch (error) {
        this.logger.error('A push failed; clients catch up', error instanceof Error ? error.stack : undefined);
      }
    }
  }
}
