import { Injectable } from '@nestjs/common';
import { DatabaseProbe } from '../database/index.js';

/** Whether this process should be given work. */
@Injectable()
export class Readiness {
  private draining = false;

  constructor(private readonly database: DatabaseProbe) {}

  /** From now on it is not ready: it is about to stop. */
  drain(): void {
    this.draining = true;
  }

  /** False while draining and when the database does not answer. */
  async isReady(): Promise<boolean> {
    return !this.draining && (await this.database.answers());
  }
}
