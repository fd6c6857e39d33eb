import { EnvironmentInjector, createEnvironmentInjector } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../clock/testing/manual-clock';
import { LeadBid, type TabPlace, type TabSurroundings } from './lead-bid';
import { LEADER_HERE, LEADER_WATCH } from './leader-watch';
import { BrowserLocks } from './testing/browser-locks';
import { TestChannel, talkedOut } from './testing/test-channel';

const { askEveryMs, answerWithinMs } = LEADER_WATCH;

describe('LeadBid', () => {
  let clock: ManualClock;
  let locks: BrowserLocks;
  let channels: TestChannel[];
  let injectors: EnvironmentInjector[];
  /** By how much every tab's timers are late. */
  let asleepMs: number;

  beforeEach(() => {
    clock = new ManualClock();
    locks = new BrowserLocks();
    channels = [];
    injectors = [];
    asleepMs = 0;
  });
  // They would answer the tabs of the next test.
  afterEach(() => {
    for (const injector of injectors) injector.destroy();
  });

  function tab(userId = 'ada', change: Partial<TabSurroundings> = {}) {
    const injector = createEnvironmentInjector([TestChannel], TestBed.inject(EnvironmentInjector));
    injectors.push(injector);
    const channel = injector.get(TestChannel);
    channels.push(channel);
    const places: TabPlace[] = [];
    const failures: unknown[] = [];
    const surroundings: TabSurroundings = {
      locks,
      tabs: channel,
      clock: { now: () => clock.now() + asleepMs, random: () => 0.5, schedule: (ms, run) => clock.schedule(ms, run) },
      ...change,
    };
    const bid = new LeadBid(userId, surroundings, (place) => places.push(place), failures.push.bind(failures));
    const place = () => places.at(-1);
    const leader = () => {
      const now = place();
      return now?.role === 'alone' ? undefined : now?.leader;
    };
    return { bid, channel, failures, place, leader, role: () => place()?.role };
  }

  /** Time passes in small steps, with what tabs say to each other between them. */
  async function pass(ms: number) {
    for (let passed = 0; passed < ms; passed += 500) {
      await clock.advance(Math.min(500, ms - passed));
      await talkedOut(channels);
    }
  }

  it('lets the first tab lead, and the others know it by name', async () => {
    const tabs = [tab(), tab(), tab()];
    await talkedOut(channels);
    expect(tabs.map(({ role }) => role())).toEqual(['leads', 'follows', 'follows']);
    expect(new Set(tabs.map(({ leader }) => leader())).size).toBe(1);
    await pass(10 * askEveryMs);
    expect(tabs.map(({ role }) => role())).toEqual(['leads', 'follows', 'follows']);
  });

  it('hands the lead on when the leader lets go, without any time passing', async () => {
    const [first, second, third] = [tab(), tab(), tab()];
    await talkedOut(channels);
    const before = first.leader();
    first.bid.withdraw();
    await talkedOut(channels);
    expect([second.role(), third.role()]).toEqual(['leads', 'follows']);
    expect(third.leader()).toBe(second.leader());
    expect(second.leader()).not.toBe(before);
  });

  it('forgets the name of a leader that has let go, before there is another one', async () => {
    const first = tab();
    const second = tab('ada', { locks: { request: () => new Promise<never>(() => undefined) } });
    await talkedOut(channels);
    expect(second.leader()).toBe(first.leader());
    first.bid.withdraw();
    await talkedOut(channels);
    expect(second.place()).toEqual({ role: 'follows', userId: 'ada', leader: undefined });
  });

  it('lets nobody follow a tab of somebody else', async () => {
    const [adas, evesFirst, evesSecond] = [tab('ada'), tab('eve'), tab('eve')];
    await talkedOut(channels);
    expect([adas.role(), evesFirst.role(), evesSecond.role()]).toEqual(['leads', 'leads', 'follows']);
    expect(evesSecond.leader()).toBe(evesFirst.leader());
    adas.bid.withdraw();
    await talkedOut(channels);
    expect(evesSecond.place()).toEqual({ role: 'follows', userId: 'eve', leader: evesFirst.leader() });
  });

  it('leaves a leader alone that does not answer, until it does', async () => {
    const [first, second] = [tab(), tab()];
    await talkedOut(channels);
    first.channel.block();
    await pass(askEveryMs + answerWithinMs);
    expect(second.place()).toEqual({ role: 'alone', userId: 'ada' });
    await pass(3 * askEveryMs);
    expect(second.role()).toBe('alone');
    first.channel.unblock();
    await pass(askEveryMs);
    expect(second.place()).toEqual({ role: 'follows', userId: 'ada', leader: first.leader() });
  });

  it('does not wait for its turn to look when somebody comes back to the tab', async () => {
    const [first, second] = [tab(), tab()];
    await talkedOut(channels);
    first.channel.block();
    second.bid.check();
    await pass(answerWithinMs);
    expect(second.role()).toBe('alone');
  });

  it('does not come back to a leader for an answer that is late', async () => {
    const [first, second] = [tab(), tab()];
    await talkedOut(channels);
    first.channel.block();
    await pass(askEveryMs + answerWithinMs);
    expect(second.role()).toBe('alone');
    first.channel.unblock();
    first.channel.block();
    await talkedOut(channels);
    expect(second.role()).toBe('alone');
  });

  it('follows the next leader at once, however the one before ended', async () => {
    const [first, second] = [tab(), tab()];
    await talkedOut(channels);
    first.channel.block();
    await pass(askEveryMs + answerWithinMs);
    const third = tab('ada', { locks: { request: () => new Promise<never>(() => undefined) } });
    third.channel.tell(LEADER_HERE, { userId: 'ada', leader: 'another' });
    await talkedOut(channels);
    expect(second.place()).toEqual({ role: 'follows', userId: 'ada', leader: 'another' });
  });

  it('judges nobody after it has slept itself', async () => {
    const [first, second] = [tab(), tab()];
    await talkedOut(channels);
    await pass(askEveryMs);
    first.channel.block();
    second.bid.check();
    asleepMs = 60_000;
    await pass(answerWithinMs);
    expect(second.role()).toBe('follows');
    await pass(answerWithinMs);
    expect(second.role()).toBe('alone');
  });

  it('gets the lead from a leader that is blocked and then closed', async () => {
    const [first, second] = [tab(), tab()];
    await talkedOut(channels);
    first.channel.block();
    await pass(askEveryMs + answerWithinMs);
    first.bid.withdraw();
    await talkedOut(channels);
    expect(second.role()).toBe('leads');
  });

  it('wants no lead any more once it is withdrawn', async () => {
    const [first, second, third] = [tab(), tab(), tab()];
    await talkedOut(channels);
    second.bid.withdraw();
    first.bid.withdraw();
    await talkedOut(channels);
    expect([second.role(), third.role()]).toEqual(['follows', 'leads']);
    expect(second.failures).toEqual([]);
  });

  it('is alone without Web Locks and without a channel', () => {
    expect(tab('ada', { locks: undefined }).place()).toEqual({ role: 'alone', userId: 'ada' });
    const { channel } = tab();
    const closed = { isOpen: false, tell: channel.tell.bind(channel), hears: channel.hears.bind(channel) };
    expect(tab('ada', { tabs: closed }).place()).toEqual({ role: 'alone', userId: 'ada' });
  });

  it('is alone, and says why, when the browser refuses the lock', async () => {
    locks.refusal = new Error('not here');
    const one = tab();
    await talkedOut(channels);
    expect(one.place()).toEqual({ role: 'alone', userId: 'ada' });
    expect(one.failures).toEqual([locks.refusal]);
    one.bid.check();
    await pass(2 * askEveryMs);
    expect(one.role()).toBe('alone');
  });
});
