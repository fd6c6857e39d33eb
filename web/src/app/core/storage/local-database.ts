import { inject, Injectable } from '@angular/core';
import type { Conversation, Message, OwnUser, Problem, SendMessageRequest } from '@parlance/contracts';
import { type DBSchema, deleteDB, type IDBPDatabase, type IDBPObjectStore, openDB } from 'idb';
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

/** The conversations that a person had in their list, as this device last knew them. */
export interface ListRecord {
  userId: string;
  conversations: Conversation[];
}

/** The end of a conversation as this device last knew it. */
export interface RunRecord {
  conversationId: string;
  userId: string;
  /** Gapless, by ascending `seq`. */
  items: Message[];
  /** Everything up to here is known. */
  rev: number;
  /** When it was last opened, in milliseconds since the epoch by this device's clock. */
  openedAt: number;
}

export interface ParlanceDb extends DBSchema {
  outbox: { key: string; value: OutboxRecord; indexes: { userId: string } };
  /** Who was last signed in, under the key `user`. */
  profile: { key: 'user'; value: OwnUser };
  lists: { key: string; value: ListRecord };
  runs: { key: string; value: RunRecord; indexes: { userId: string } };
}

type StoreName = 'outbox' | 'profile' | 'lists' | 'runs';

const NAME = 'parlance';
const VERSION = 2;

/**
 * What this browser keeps: unsent messages, the conversations last seen, and short texts. Wiped at sign-out and when
 * somebody else signs in.
 */
@Injectable({ providedIn: 'root' })
export class LocalDatabase {
  private readonly texts = inject(LocalTexts);
  private opened: Promise<IDBPDatabase<ParlanceDb>> | undefined;
  /** Wiped, here or in another tab: a late write must not make it anew. */
  private shut = false;

  /**
   * The database; opened once and again after it was closed. Fails where the browser has no storage for us, and after a
   * wipe until `reopen`.
   */
  open(): Promise<IDBPDatabase<ParlanceDb>> {
    if (this.shut) return Promise.reject(new Error('Everything was wiped, and nobody has signed in since.'));
    this.opened ??= openDB<ParlanceDb>(NAME, VERSION, {
      upgrade(database, from) {
        if (from < 1) database.createObjectStore('outbox', { keyPath: 'clientId' }).createIndex('userId', 'userId');
        if (from < 2) {
          database.createObjectStore('profile');
          database.createObjectStore('lists', { keyPath: 'userId' });
          database.createObjectStore('runs', { keyPath: 'conversationId' }).createIndex('userId', 'userId');
        }
      },
      // Another tab runs a newer version or wipes: make way, and open again at the next use.
      blocking: (_version, next) => {
        this.shut ||= next === null;
        void this.close();
      },
      terminated: () => (this.opened = undefined),
    }).catch((error: unknown) => {
      this.opened = undefined;
      throw error;
    });
    return this.opened;
  }

  /**
   * Does one thing with one store, in a transaction of its own; `work` asks for everything at once. The transaction is
   * committed with the asking: one that waits for its page to end it holds up every other tab while that page is stuck.
   */
  async use<Name extends StoreName, Mode extends 'readonly' | 'readwrite', Answer>(
    name: Name,
    mode: Mode,
    work: (store: IDBPObjectStore<ParlanceDb, [Name], Name, Mode>) => Promise<Answer>,
  ): Promise<Answer> {
    const transaction = (await this.open()).transaction(name, mode);
    const asked = work(transaction.store);
    transaction.commit();
    const [answer] = await Promise.all([asked, transaction.done]);
    return answer;
  }

  /** Removes what the server has, too; what was typed and never sent stays. */
  async forgetWhatWasSeen(): Promise<void> {
    const database = await this.open();
    const seen = database.transaction(['profile', 'lists', 'runs'], 'readwrite');
    const cleared = [
      seen.objectStore('profile').clear(),
      seen.objectStore('lists').clear(),
      seen.objectStore('runs').clear(),
    ];
    seen.commit();
    await Promise.all([...cleared, seen.done]);
  }

  /** Somebody has signed in: there is something to keep again. */
  reopen(): void {
    this.shut = false;
  }

  /** Removes everything, and keeps nothing more until `reopen`. */
  async wipe(): Promise<void> {
    this.shut = true;
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
