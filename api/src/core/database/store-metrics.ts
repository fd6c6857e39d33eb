import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { Connection, mongo } from 'mongoose';
import { Metrics } from '../metrics/metrics.js';

type Loan = Pick<mongo.ConnectionCheckedOutEvent, 'address' | 'connectionId'>;

const keyOf = ({ address, connectionId }: Loan): string => `${address} ${String(connectionId)}`;

/**
 * Counts and times every command that goes to the store, by the loans of the driver's connections: one command, one
 * loan. The driver's own monitoring of commands would decode each answer a second time.
 */
@Injectable()
export class StoreMetrics implements OnModuleInit {
  private readonly seconds;
  /** Ends the time of a loan, by connection. */
  private readonly loans = new Map<string, () => void>();

  constructor(
    @InjectConnection() private readonly connection: Connection,
    metrics: Metrics,
  ) {
    this.seconds = metrics.duration(
      'parlance_store_request_seconds',
      'How long the store takes for one command, reads and writes alike, until its answer is there.',
    );
  }

  onModuleInit(): void {
    const client = this.connection.getClient();
    client.on('connectionCheckedOut', (loan) => this.loans.set(keyOf(loan), this.seconds.startTimer()));
    client.on('connectionCheckedIn', (loan) => {
      this.loans.get(keyOf(loan))?.();
      this.loans.delete(keyOf(loan));
    });
  }
}
