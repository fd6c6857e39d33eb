import { Injectable, inject } from '@angular/core';
import { LocalDatabase } from '../core/storage/local-database';
import type { OutboxEntry, OutboxStorage } from './sync/outbox-queue';

/** Outbox entries in the browser's database, so that they survive a reload. */
@Injectable({ providedIn: 'root' })
export class OutboxRecords implements OutboxStorage {
  private readonly database = inject(LocalDatabase);

  async put(entry: OutboxEntry): Promise<void> {
    const database = await this.database.open();
    await database.put('outbox', entry);
  }

  async remove(clientId: string): Promise<void> {
    const database = await this.database.open();
    await database.delete('outbox', clientId);
  }

  async entriesOf(userId: string): Promise<OutboxEntry[]> {
    const database = await this.database.open();
    return database.getAllFromIndex('outbox', 'userId', userId);
  }
}
