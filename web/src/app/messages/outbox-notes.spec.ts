import 'fake-indexeddb/auto';
import { TestBed } from '@angular/core/testing';
import type { SendMessageRequest } from '@parlance/contracts';
import { firstValueFrom } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settled } from '../core/clock/testing/manual-clock';
import { LocalDatabase } from '../core/storage/local-database';
import { LocalTexts } from '../core/storage/local-texts';
import { BrowserLocks } from '../core/tabs/testing/browser-locks';
import { newClientId } from './client-id';
import { Outbox } from './outbox';
import { OutboxNotes } from './outbox-notes';
import { OutboxRecords } from './outbox-records';
import { message } from './testing/fixtures';
import { setUp } from './testing/harness';

const text = (body: string): SendMessageRequest => ({ conversationId: 'c1', clientId: newClientId(), body });
const bodies = (requests: readonly SendMessageRequest[]) => requests.map(({ body }) => body);

describe('what was given to the outbox and is not stored yet', () => {
  let locks: BrowserLocks | undefined;
  let ended: AbortController;
  /** Handed over by a tab that lived, to each tab that waited. */
  let handed: string[];

  beforeEach(() => {
    localStorage.clear();
    locks = new BrowserLocks();
    ended = new AbortController();
    handed = [];
    setUp();
  });
  afterEach(async () => {
    delete (navigator as { locks?: unknown }).locks;
    await TestBed.inject(LocalDatabase).wipe();
  });

  /** The next tab sees the browser's locks as its own, or none. */
  function openTab() {
    const own = locks?.ofTab();
    Object.defineProperty(navigator, 'locks', { value: own, configurable: true });
    return { close: () => own?.close() };
  }

  function tab() {
    const { close } = openTab();
    const notes = TestBed.runInInjectionContext(() => new OutboxNotes());
    const takeOver = async () =>
      bodies(await notes.takeOver('ada', ended.signal, ({ body }) => void handed.push(body)));
    return { notes, close, takeOver, gives: (...all: string[]) => all.forEach((one) => notes.keep('ada', text(one))) };
  }

  /** A whole outbox as the tab that is loaded next. */
  function load() {
    TestBed.resetTestingModule();
    openTab();
    const around = setUp();
    const outbox = TestBed.inject(Outbox);
    TestBed.tick();
    return { ...around, outbox, sent: () => around.realtime.sent('message:send') };
  }

  /** Answers everything that is sent until so many are. */
  async function delivered({ sent }: ReturnType<typeof load>, count: number): Promise<string[]> {
    for (let seq = 1; seq <= count; seq++) {
      await expect.poll(() => sent().length).toBe(seq);
      const request = sent()[seq - 1]!;
      request.answer(message(seq, { ...request.payload, senderId: 'ada' }));
    }
    await settled();
    return bodies(sent().map(({ payload }) => payload));
  }

  it('is left alone while its tab lives', async () => {
    const [living, other] = [tab(), tab()];
    living.gives('one');
    expect(await other.takeOver()).toEqual([]);
    await settled();
    expect(handed).toEqual([]);
    expect(bodies(await tab().notes.takeOver('ada', ended.signal, () => undefined))).toEqual([]);
  });

  it('is taken in the order typed when its tab is gone', async () => {
    const gone = tab();
    gone.gives('one', 'two', 'three');
    gone.close();
    await settled();
    expect(await tab().takeOver()).toEqual(['one', 'two', 'three']);
  });

  it('is taken once, by whichever of several tabs', async () => {
    const [gone, ...others] = [tab(), tab(), tab(), tab()];
    gone?.gives('one', 'two');
    gone?.close();
    await settled();
    const taken = await Promise.all(others.map(({ takeOver }) => takeOver()));
    expect(taken.flat()).toEqual(['one', 'two']);
  });

  it('is handed over once when a tab is closed that has lived until then', async () => {
    const [living, ...others] = [tab(), tab(), tab()];
    living?.gives('one', 'two');
    expect(await Promise.all(others.map(({ takeOver }) => takeOver()))).toEqual([[], []]);
    living?.close();
    await settled();
    expect(handed).toEqual(['one', 'two']);
  });

  it('is not handed over to whoever is here no more', async () => {
    const [living, other] = [tab(), tab()];
    living.gives('one');
    await other.takeOver();
    ended.abort();
    living.close();
    await settled();
    expect(handed).toEqual([]);
    expect(await tab().takeOver()).toEqual(['one']);
  });

  it('is not lost with the tab that took it and had no time to store it either', async () => {
    const [gone, next] = [tab(), tab()];
    gone.gives('one', 'two');
    gone.close();
    await settled();
    await next.takeOver();
    next.close();
    await settled();
    expect(await tab().takeOver()).toEqual(['one', 'two']);
  });

  for (const [where, has] of [
    ['with Web Locks', true],
    ['without Web Locks', false],
  ] as const) {
    it(`goes out before what is given to the next visit, however soon that is: ${where}`, async () => {
      if (!has) locks = undefined;
      const gone = tab();
      gone.gives('one', 'two');
      gone.close();
      await settled();
      const next = load();
      void next.outbox.send('c1', 'three');
      expect(await delivered(next, 3)).toEqual(['one', 'two', 'three']);
      await expect.poll(() => TestBed.inject(LocalTexts).all('ada', 'outbox')).toEqual([]);
    });
  }

  it('has one clientId and one order in two tabs that cannot know of each other', async () => {
    locks = undefined;
    const first = load();
    const given = [first.outbox.send('c1', 'one'), first.outbox.send('c1', 'two')];
    // Another tab comes in the moment in which neither is stored.
    const taken = await TestBed.runInInjectionContext(() => new OutboxNotes()).takeOver(
      'ada',
      ended.signal,
      () => undefined,
    );
    expect(bodies(taken)).toEqual(['one', 'two']);
    await Promise.all([...given, first.outbox.send('c1', 'three')]);
    // It stores them once more, later than they were stored.
    const later = Date.now() + 60_000;
    for (const [index, request] of taken.entries()) {
      const entry = { ...request, userId: 'ada', position: later + index, createdAt: new Date(later).toISOString() };
      await TestBed.inject(LocalDatabase).put('ada', 'outbox', () => entry);
    }
    const told = firstValueFrom(TestBed.inject(OutboxRecords).changedElsewhere$);
    const otherTab = new BroadcastChannel('parlance-tabs');
    otherTab.postMessage({ topic: 'outbox:changed', fact: null });
    await told;
    otherTab.close();
    await TestBed.inject(OutboxRecords).entriesOf('ada');
    await settled();
    expect(await delivered(first, 3)).toEqual(['one', 'two', 'three']);
    expect(first.sent().map(({ payload }) => payload.clientId)).toEqual(
      expect.arrayContaining(taken.map(({ clientId }) => clientId)),
    );
  });
});
