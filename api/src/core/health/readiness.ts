import { Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';

const PING_TIMEOUT_MS = 2_000;

/** Whether this process should be given work. */
@Injectable()
export class Readiness {
  private draining = false;

  constructor(@InjectConnection() private readonly connection: Connection) {}

  /** From now on it is not ready: it is about to stop. */
  drain(): void {
    this.draining = true;
  }

  /** False while draining and when the database does not answer. */
  async isReady(): Promise<boolean> {
    if (this.draining) return false;
    try {
      await this.connection.db?.admin().command({ ping: 1 }, { timeoutMS: PING_TIMEOUT_MS });
      return this.connection.readyState === 1;
    } catch {
      return false;
    }
  }
}
