import { Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';

const TIMEOUT_MS = 2_000;

/** Asks the database for a sign of life. */
@Injectable()
export class DatabaseProbe {
  constructor(@InjectConnection() private readonly connection: Connection) {}

  /** False when it does not answer within two seconds. */
  async answers(): Promise<boolean> {
    try {
      const reply = await this.connection.db?.command({ ping: 1 }, { timeoutMS: TIMEOUT_MS });
      return reply?.['ok'] === 1;
    } catch {
      return false;
    }
  }
}
