import 'fake-indexeddb/auto';
import { EnvironmentInjector, createEnvironmentInjector } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { type IDBPDatabase, deleteDB, openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { message, conversation, ada } from '../../messages/testing/fixtures';
import { LocalDatabase, type OutboxRecord } from './local-database';
import { LocalOwner } from './local-owner';
import { LocalTexts } from './local-texts';
import { allRecords } from './testing/all-records';

const unsent = (clientId: string, userId = 'ada'): OutboxRecord => ({
  ...{ clientId, userId, conversationId: 'c1', body: clientId, position: 1 },
  createdAt: '2026-03-02T12:00:00.000Z',
});

/** One tab's view of what the browser keeps. */
function tab(): LocalDatabase {
  const parent = TestBed.inject(EnvironmentInjector);
  const injector = createEnvironmentInjector([LocalDatabase, LocalTexts, LocalOwner], parent);
  return injector.get(LocalDatabase);
}

async function keepAll(database: LocalDatabase): Promise<void> {
  await database.put('ada', 'outbox', () => unsent('one'));
  await database.put('ada', 'profile', () => ada, 'user');
  await database.put('ada', 'lists', () => ({ userId: 'ada', conversations: [conversation()] }));
  const run = { conversationId: 'c1', userId: 'ada', items: [message(1)], rev: 1, openedAt: 0 };
  await database.put('ada', 'runs', () => run);
}

describe('LocalDatabase', () => {
  let here: LocalDatabase;

  beforeEach(async () => {
    localStorage.clear();
    here = tab();
    await here.claim('ada');
    await keepAll(here);
  });
  afterEach(() => here.wipe());

  it('is emptied beside a tab that is stuck', async () => {
    // It makes way for nobody, and has just asked for something.
    const stuck = await openDB('parlance');
    void stuck.transaction('runs').store.getAll();
    await here.wipe();
    expect(await allRecords(here)).toEqual([]);
    stuck.close();
  });

  it('takes nothing from a tab that does not know yet that everything was wiped', async () => {
    const frozen = tab();
    await frozen.open();
    await here.wipe();
    await expect(keepAll(frozen)).rejects.toThrow();
    expect(await allRecords(here)).toEqual([]);
  });

  it('takes nothing from a tab of whoever was here before', async () => {
    const frozen = tab();
    await frozen.open();
    await here.wipe('ben');
    await here.put('ben', 'outbox', () => unsent('two', 'ben'));
    await expect(keepAll(frozen)).rejects.toThrow();
    expect(await allRecords(here)).toEqual([unsent('two', 'ben')]);
  });

  it('takes what any tab of the same person gives', async () => {
    await tab().put('ada', 'outbox', () => unsent('two'));
    expect(await here.read('outbox', (outbox) => outbox.getAllKeys())).toEqual(['one', 'two']);
  });

  it('keeps what was not sent when a session ends by itself, and takes nothing more until it is claimed again', async () => {
    await here.forgetWhatWasSeen();
    await expect(keepAll(tab())).rejects.toThrow();
    expect(await allRecords(here)).toEqual([unsent('one')]);
    await here.claim('ada');
    await keepAll(here);
    expect(await allRecords(here)).toHaveLength(4);
  });

  it('finishes a wipe that was cut short before anybody reads', async () => {
    TestBed.inject(LocalOwner).userId = 'ada';
    TestBed.inject(LocalTexts).set('ada', 'draft', 'c1', 'private');
    here.announceWipe();
    const next = tab();
    expect(localStorage.getItem('parlance.text.draft.ada.c1')).toBeNull();
    expect(await next.read('profile', (profile) => profile.get('user'))).toBeUndefined();
    expect(await allRecords(next)).toEqual([]);
    // It is done once.
    await next.claim('ada');
    await keepAll(next);
    expect(await allRecords(tab())).toHaveLength(4);
  });

  it('leaves nobody’s records to the one for whom it could not be wiped', async () => {
    const database = await here.open();
    const transaction = database.transaction.bind(database);
    database.transaction = () => {
      throw new Error('The disk is full.');
    };
    await expect(here.wipe('ben')).rejects.toThrow('full');
    database.transaction = transaction;
    const next = tab();
    expect(await allRecords(next)).toEqual([]);
    await next.put('ben', 'outbox', () => unsent('two', 'ben'));
  });

  it('has removed the texts of whoever was here before, and leaves those of whoever is here since', async () => {
    const texts = TestBed.inject(LocalTexts);
    TestBed.inject(LocalOwner).userId = 'ben';
    const database = await here.open();
    const transaction = database.transaction.bind(database);
    database.transaction = () => {
      throw new Error('The disk is full.');
    };
    await expect(here.wipe('ben')).rejects.toThrow('full');
    texts.set('ben', 'draft', 'c1', 'mine');
    await expect(here.forgetWhatWasSeen()).rejects.toThrow('full');
    database.transaction = transaction;
    expect(tab().isToBeLeft).toBe(false);
    expect(texts.get('ben', 'draft', 'c1')).toBe('mine');
    expect(await allRecords(tab())).toEqual([]);
  });

  it('does without, for a visit, while a tab of an older version holds it', async () => {
    (await here.open()).close();
    await deleteDB('parlance');
    const older: IDBPDatabase = await openDB('parlance', 2, {
      upgrade: (database) => {
        database.createObjectStore('outbox', { keyPath: 'clientId' }).createIndex('userId', 'userId');
        for (const name of ['profile', 'lists', 'runs']) database.createObjectStore(name);
      },
    });
    const next = tab();
    await expect(next.open()).rejects.toThrow('older version');
    older.close();
    await expect
      .poll(() =>
        next.open().then(
          () => 'open',
          () => 'held',
        ),
      )
      .toBe('open');
    here = next;
  });
});
