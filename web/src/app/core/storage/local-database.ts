import { inject, Injectable } from '@angular/core';
import type { Conversation, Message, OwnUser, Problem, SendMessageRequest } from '@parlance/contracts';
import { type DBSchema, type IDBPDatabase, type IDBPObjectStore, openDB } from 'idb';
import { LocalTexts } from './local-texts';
import { type Wipe, wipeMark } from './wipe-mark';

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

/** Whose all the records are. There is one such record, which the unique index on `place` sees to. */
interface OwnerRecord {
  /** Empty for nobody. */
  userId: string;
  place: 'only';
}

export interface ParlanceDb extends DBSchema {
  outbox: { key: string; value: OutboxRecord; indexes: { userId: string } };
  /** Who was last signed in, under the key `user`. */
  profile: { key: 'user'; value: OwnUser };
  lists: { key: string; value: ListRecord };
  runs: { key: string; value: RunRecord; indexes: { userId: string } };
  owner: { key: string; value: OwnerRecord; indexes: { place: string } };
}

const SEEN = ['profile', 'lists', 'runs'] as const;
type StoreName = 'outbox' | (typeof SEEN)[number];
const STORES = { everything: ['outbox', ...SEEN], seen: SEEN } satisfies Record<Wipe['what'], readonly StoreName[]>;

const NAME = 'parlance';
const VERSION = 3;
const NOBODY = '';
const ownedBy = (userId: string): OwnerRecord => ({ userId, place: 'only' });

/**
 * What this browser keeps: unsent messages, the conversations last seen, and short texts. Wiped at sign-out and when
 * somebody else signs in.
 *
 * It is emptied, not deleted: a deletion waits for every tab that has it open, also for one that is stuck. Such a tab may
 * come back after that, so whatever is kept is kept in one transaction with a look at whose the database is.
 */
@Injectable({ providedIn: 'root' })
export class LocalDatabase {
  private readonly texts = inject(LocalTexts);
  private opened: Promise<IDBPDatabase<ParlanceDb>> | undefined;

  constructor() {
    if (this.isToBeLeft) this.texts.wipe();
    // Also when nobody is going to ask for anything.
    if (wipeMark.get()) this.open().catch(() => undefined);
  }

  /**
   * The database; opened once, and again after it was closed. What an earlier page had no time to remove is removed before
   * anybody reads. Fails where the browser has no storage for us.
   */
  open(): Promise<IDBPDatabase<ParlanceDb>> {
    this.opened ??= this.connect().catch((error: unknown) => {
      this.opened = undefined;
      throw error;
    });
    return this.opened;
  }

  /** Reads one store. */
  async read<Name extends StoreName, Answer>(
    name: Name,
    work: (store: IDBPObjectStore<ParlanceDb, [Name], Name, 'readonly'>) => Promise<Answer>,
  ): Promise<Answer> {
    return work((await this.open()).transaction(name).store);
  }

  /**
   * Keeps one record of this person's, given when its turn has come; nothing where none is given then. Fails, and keeps
   * nothing, where the database is somebody else's or nobody's.
   *
   * The transaction is committed with the asking: one that waits for its page to end it holds up every other tab while that
   * page is stuck. So it cannot first read whose the database is: another owner beside the present one breaks the index
   * that lets there be only one, and that undoes the rest.
   */
  async put<Name extends StoreName>(
    userId: string,
    name: Name,
    give: () => ParlanceDb[Name]['value'] | undefined,
    key?: ParlanceDb[Name]['key'],
  ): Promise<void> {
    const database = await this.open();
    const record = give();
    if (!record) return;
    const transaction = database.transaction<('owner' | StoreName)[], 'readwrite'>(['owner', name], 'readwrite');
    const asked = [
      transaction.objectStore('owner').put(ownedBy(userId)),
      transaction.objectStore(name).put(record, key),
    ];
    transaction.commit();
    await Promise.all([...asked, transaction.done]);
  }

  /** Removes one record, whoever asks for it. */
  async delete<Name extends StoreName>(name: Name, key: ParlanceDb[Name]['key']): Promise<void> {
    const transaction = (await this.open()).transaction<StoreName, 'readwrite'>(name, 'readwrite');
    const asked = transaction.store.delete(key);
    transaction.commit();
    await Promise.all([asked, transaction.done]);
  }

  /** From now on it is this person's: the server has said who is here. What it has stays. */
  async claim(userId: string): Promise<void> {
    await handOver(await this.open(), [], userId);
  }

  /** Removes what the server has, too, and keeps nothing more until `claim`; what was typed and never sent stays. */
  forgetWhatWasSeen(): Promise<void> {
    return this.empty({ what: 'seen', next: NOBODY });
  }

  /** Whether a page has announced that everything goes, and gone away before it had. */
  get isToBeLeft(): boolean {
    const left = wipeMark.get();
    return left?.what === 'everything' && left.next === NOBODY;
  }

  /** There is a `wipe` to come, should this page go away before. */
  announceWipe(): void {
    wipeMark.set({ what: 'everything', next: NOBODY });
  }

  /** Removes everything; what is kept from now on is this person's, or nothing is until `claim`. */
  wipe(next = NOBODY): Promise<void> {
    this.texts.wipe();
    return this.empty({ what: 'everything', next });
  }

  private async empty(asked: Wipe): Promise<void> {
    const wipe = wipeMark.set(asked);
    await handOver(await this.open(), STORES[wipe.what], wipe.next);
    wipeMark.clear(wipe);
  }

  private async connect(): Promise<IDBPDatabase<ParlanceDb>> {
    const database = await this.connected();
    const left = wipeMark.get();
    if (left) {
      await handOver(database, STORES[left.what], left.next);
      wipeMark.clear(left);
    }
    return database;
  }

  private connected(): Promise<IDBPDatabase<ParlanceDb>> {
    return new Promise((resolve, reject) => {
      let isGivenUp = false;
      openDB<ParlanceDb>(NAME, VERSION, {
        upgrade(database, from) {
          if (from < 1) database.createObjectStore('outbox', { keyPath: 'clientId' }).createIndex('userId', 'userId');
          if (from < 2) {
            database.createObjectStore('profile');
            database.createObjectStore('lists', { keyPath: 'userId' });
            database.createObjectStore('runs', { keyPath: 'conversationId' }).createIndex('userId', 'userId');
          }
          if (from < 3) {
            const owner = database.createObjectStore('owner', { keyPath: 'userId' });
            owner.createIndex('place', 'place', { unique: true });
          }
        },
        // Another tab runs a newer version: make way, and open again at the next use.
        blocking: (_version, _next, { target }) => {
          this.opened = undefined;
          (target as IDBDatabase).close();
        },
        // A tab of an older version is stuck: this visit does without until it goes on.
        blocked: () => {
          isGivenUp = true;
          reject(new Error('Another tab holds an older version of the database.'));
        },
        terminated: () => (this.opened = undefined),
      }).then((database) => (isGivenUp ? database.close() : resolve(database)), reject);
    });
  }
}

/** Empties these stores and says whose the database is, all or nothing. */
async function handOver(database: IDBPDatabase<ParlanceDb>, names: readonly StoreName[], next: string): Promise<void> {
  const transaction = database.transaction(['owner', ...names], 'readwrite');
  const owner = transaction.objectStore('owner');
  const asked = [
    ...names.map((name) => transaction.objectStore(name).clear()),
    owner.clear(),
    owner.put(ownedBy(next)),
  ];
  transaction.commit();
  await Promise.all([...asked, transaction.done]);
}
