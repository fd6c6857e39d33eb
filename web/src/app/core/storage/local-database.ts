import { inject, Injectable } from '@angular/core';
import type { Problem, SendMessageRequest } from '@parlance/contracts';
import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from 'idb';
import { LocalTexts } from './local-texts';

/** A message that the server has not acknowledged yet. */
export interface OutboxRecord extends SendMessageRequest {
  /** Who wrote it: nobody else's device may send it. */
  userId: string;
  /** Place among this user's entries, in the order in which they were typed. */
  position: number;
  /** When it was typed, ISO 8601 UTC by this device's clock; only shown, never sent. */
  createdAt: string;
  /** Why the server refused it; it waits for its writer then. */
  problem?: Problem;
}

export interface ParlanceDb extends DBSchema {
  outbox: { key: string; value: OutboxRecord; indexes: { userId: string } };
}

const NAME = 'parlance';
const VERSION = 1;

/** What this browser keeps: unsent messages, and short texts. Wiped at sign-out and when somebody else signs in. */
@Injectable({ providedIn: 'root' })
export class LocalDatabase {
  private readonly texts = inject(LocalTexts);
  private opened: Promise<IDBPDatabase<ParlanceDb>> | undefined;

  /** The database; opened once and again after it was closed. Fails where the browser has no storage for us. */
  open(): Promise<IDBPDatabase<ParlanceDb>> {
    this.opened ??= openDB<ParlanceDb>(NAME, VERSION, {
      upgrade(database) {
        database.createObjectStore('outbox', { keyPath: 'clientId' }).createIndex('userId', 'userId');
      },
      // Another tab runs a newer version or wipes: make way, and open again at the next use.
      blocking: () => void this.close(),
      terminated: () => (this.opened = undefined),
    }).catch((error: unknown) => {
      this.opened = undefined;
      throw error;
    });
    return this.opened;
  }

  /** Removes everything. */
  async wipe(): Promise<void> {
    this.texts.wipe();
    await this.close();
    await deleteDB(NAME);
  }

  private async close(): Promise<void> {
    const database = await this.opened?.catch(() => undefined);
    this.opened = undefined;
    database?.close();
  }
}
