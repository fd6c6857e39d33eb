import { Injectable, inject } from '@angular/core';
import { LocalDatabase } from '../core/storage/local-database';
import { TabChannel, tabTopic } from '../core/tabs/tab-channel';
import type { OutboxEntry, OutboxStorage } from './sync/outbox-entry';

/** A tab has changed what is stored. */
const OUTBOX_CHANGED = tabTopic<null>('outbox:changed');

/** Outbox entries in the browser's database, so that they survive a reload. */
@Injectable({ providedIn: 'root' })
export class OutboxRecords implements OutboxStorage {
  private readonly database = inject(LocalDatabase);
  private readonly tabs = inject(TabChannel);

  /** Another tab has changed what is stored. */
  readonly changedElsewhere$ = this.tabs.hears(OUTBOX_CHANGED);

  async put(entry: OutboxEntry): Promise<void> {
    await this.database.put(entry.userId, 'outbox', () => entry);
    this.tabs.tell(OUTBOX_CHANGED, null);
  }

  async remove(clientId: string): Promise<void> {
    await this.database.delete('outbox', clientId);
    this.tabs.tell(OUTBOX_CHANGED, null);
  }

  entriesOf(userId: string): Promise<OutboxEntry[]> {
    return this.database.read('outbox', (outbox) => outbox.index('userId').getAll(userId));
  }
}
