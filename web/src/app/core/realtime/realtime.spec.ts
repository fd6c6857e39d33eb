import { ACK_TIMEOUT_MS, PRESENCE_WATCH } from '@parlance/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { message, problem } from '../../messages/testing/fixtures';
import { ManualClock } from '../../messages/testing/manual-clock';
import { ProblemError } from '../problem/problem';
import { LEADER_WATCH } from '../tabs/leader-watch';
import { type OpenTab, TabGroup } from './testing/tab-group';

const SILENT_MS = LEADER_WATCH.askEveryMs + LEADER_WATCH.answerWithinMs;
const send = { conversationId: 'c1', clientId: 'id-1', body: 'hello' };

describe('Realtime in several tabs', () => {
  let group: TabGroup;
  let leader: OpenTab;
  let followers: [OpenTab, OpenTab];
  const states = () => [leader, ...followers].map(({ state }) => state);
  const connections = () => [leader, ...followers].map(({ connections }) => connections);
  /** The browser says so to all tabs. */
  const network = (is: 'offline' | 'online') => {
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(is === 'online');
    dispatchEvent(new Event(is));
  };

  beforeEach(async () => {
    group = new TabGroup(new ManualClock());
    leader = await group.tab();
    followers = [await group.tab(), await group.tab()];
  });
  afterEach(() => {
    group.end();
    vi.restoreAllMocks();
  });

  async function connected(): Promise<void> {
    group.socket.accept();
    await group.talkedOut();
  }

  it('has one socket, and each tab its own connection', async () => {
    expect(states()).toEqual(['connecting', 'connecting', 'connecting']);
    await connected();
    expect(group.sockets).toHaveLength(1);
    expect(states()).toEqual(['connected', 'connected', 'connected']);
    expect(connections()).toEqual([1, 1, 1]);
  });

  it('tells a tab that comes later at once how things stand', async () => {
    await connected();
    const late = await group.tab();
    expect([late.state, late.connections]).toEqual(['connected', 1]);
    expect(connections()).toEqual([1, 1, 1]);
    expect(group.sockets).toHaveLength(1);
  });

  it('brings what the server tells to every tab, in its order, whatever its name', async () => {
    await connected();
    const heard = [leader, ...followers].map((tab) => tab.hears('message:created', 'typing', 'polls:closed'));
    const facts = [message(1), { conversationId: 'c1', userId: 'ben', active: true }, { pollId: 'p1' }];
    group.socket.tell('message:created', facts[0]);
    group.socket.tell('typing', facts[1]);
    group.socket.tell('polls:closed', facts[2]);
    await group.talkedOut();
    expect(heard).toEqual([facts, facts, facts]);
  });

  it('asks through the leader, once, and answers whoever has asked', async () => {
    await connected();
    const [first, second] = followers;
    const [one, two, three] = [first.ask('message:send', send), second.ask('typing', {}), leader.ask('typing', {})];
    await group.talkedOut();
    expect(group.socket.arrived.map(({ event }) => event).sort()).toEqual(['message:send', 'typing', 'typing']);
    const sent = group.socket.arrived.find(({ event }) => event === 'message:send');
    expect(sent?.payload).toEqual(send);
    sent?.answer(message(1));
    await group.talkedOut();
    expect([one.data, one.ends]).toEqual([message(1), 1]);
    expect([two.ends, three.ends]).toEqual([0, 0]);
    for (const { event, answer } of group.socket.arrived) if (event === 'typing') answer(undefined);
    await group.talkedOut();
    expect([one.ends, two.ends, three.ends]).toEqual([1, 1, 1]);
  });

  it('fails as a socket would: with what the server says, in time, and at once while there is none', async () => {
    const early = followers[0].ask('message:send', send);
    expect(early).toEqual({ code: 'unreachable', ends: 1 });
    await connected();
    const [refused, unanswered] = [followers[0].ask('message:send', send), followers[0].ask('message:send', send)];
    await group.talkedOut();
    group.socket.arrived[0]?.fail(new ProblemError(problem(404, 'not-found')));
    await group.pass(ACK_TIMEOUT_MS - 500);
    expect(refused).toEqual({ code: 'not-found', ends: 1 });
    expect(unanswered.ends).toBe(0);
    await group.pass(500);
    expect(unanswered).toEqual({ code: 'timeout', ends: 1 });
    group.socket.arrived[1]?.answer(message(1));
    await group.talkedOut();
    expect(unanswered).toEqual({ code: 'timeout', ends: 1 });
  });

  it('asks for no more people than one list may hold, and leaves a longer one for the server to refuse', async () => {
    await connected();
    const people = (count: number, of: string) => Array.from({ length: count }, (_, index) => `${of} ${index}`);
    followers[0].ask('presence:watch', { userIds: people(PRESENCE_WATCH.maxUsers, 'first') });
    await group.talkedOut();
    leader.ask('presence:watch', { userIds: ['ben'] });
    leader.ask('presence:watch', { userIds: people(PRESENCE_WATCH.maxUsers + 1, 'many') });
    const [, asked, refused] = group.socket.arrived.map(({ payload }) => (payload as { userIds: string[] }).userIds);
    expect([asked?.[0], asked?.length]).toEqual(['ben', PRESENCE_WATCH.maxUsers]);
    expect(refused).toHaveLength(PRESENCE_WATCH.maxUsers + 1);
  });

  it('does not let one tab break the connection of all with what no frame can hold', async () => {
    await connected();
    const asked = followers[0].ask('message:send', { ...send, body: 'x'.repeat(70_000) });
    await group.talkedOut();
    expect(asked.code).toBe('payload-too-large');
    expect(group.socket.arrived).toEqual([]);
  });

  it('says in each tab when the connection is lost and when there is a new one', async () => {
    await connected();
    const asked = followers[0].ask('message:send', send);
    await group.talkedOut();
    group.socket.lose();
    await group.talkedOut();
    expect(states()).toEqual(['reconnecting', 'reconnecting', 'reconnecting']);
    expect(asked).toEqual({ code: 'timeout', ends: 1 });
    await connected();
    expect(states()).toEqual(['connected', 'connected', 'connected']);
    expect(connections()).toEqual([2, 2, 2]);
    // Whoever has asked asks again, or nobody does.
    expect(group.socket.arrived).toHaveLength(1);
  });

  it('asks for the people whom any tab watches, and answers each tab for its own', async () => {
    await connected();
    const presences = (ids: string[]) => ids.map((userId) => ({ userId, state: 'active' }));
    const own = leader.ask('presence:watch', { userIds: ['ben'] });
    const others = followers[0].ask('presence:watch', { userIds: ['cleo', 'ben'] });
    await group.talkedOut();
    const asked = group.socket.arrived.map(({ payload }) => (payload as { userIds: string[] }).userIds);
    expect(asked.map((ids) => ids.sort())).toEqual([['ben'], ['ben', 'cleo']]);
    group.socket.arrived[0]?.answer(presences(['ben']));
    group.socket.arrived[1]?.answer(presences(['ben', 'cleo']));
    followers[1].ask('presence:watch', { userIds: ['dan'] });
    await group.talkedOut();
    expect([own.data, others.data]).toEqual([presences(['ben']), presences(['ben', 'cleo'])]);
    expect(group.socket.arrived[2]?.payload).toEqual({ userIds: ['dan', 'cleo', 'ben'] });
    followers[0].putAway();
    await group.talkedOut();
    leader.ask('presence:watch', { userIds: [] });
    expect(group.socket.arrived[3]?.payload).toEqual({ userIds: ['dan'] });
    // Over a new connection every tab asks anew, and nobody else counts any more.
    group.socket.lose();
    await connected();
    leader.ask('presence:watch', { userIds: ['ben'] });
    expect(group.socket.arrived[4]?.payload).toEqual({ userIds: ['ben'] });
  });

  describe('when the lead changes', () => {
    it('connects the next tab at once, and every tab that is left catches up', async () => {
      await connected();
      const [next, other] = followers;
      const asked = other.ask('message:send', send);
      await group.talkedOut();
      leader.putAway();
      await group.talkedOut();
      expect(group.sockets).toHaveLength(2);
      expect([leader.state, next.state, other.state]).toEqual(['idle', 'reconnecting', 'reconnecting']);
      expect(asked).toEqual({ code: 'timeout', ends: 1 });
      await connected();
      expect([next.state, other.state]).toEqual(['connected', 'connected']);
      expect(connections()).toEqual([1, 2, 2]);
      expect(group.socket.arrived).toEqual([]);
      const heard = other.hears('message:created');
      group.socket.tell('message:created', message(2));
      await group.talkedOut();
      expect(heard).toEqual([message(2)]);
    });

    it('does the same when the leader crashes', async () => {
      await connected();
      await group.crash(leader);
      const [next, other] = followers;
      expect([next.state, other.state]).toEqual(['reconnecting', 'reconnecting']);
      await connected();
      expect([next.state, other.state]).toEqual(['connected', 'connected']);
      expect([next.connections, other.connections]).toEqual([2, 2]);
    });

    it('takes a page that is gone back to in again, as one that follows', async () => {
      await connected();
      leader.putAway();
      await group.talkedOut();
      await connected();
      leader.goneBackTo();
      await group.talkedOut();
      expect(states()).toEqual(['connected', 'connected', 'connected']);
      expect(leader.connections).toBe(2);
      expect(group.open).toHaveLength(1);
    });
  });

  describe('with other people', () => {
    it('shares no socket and no fact with a tab in which somebody else is signed in', async () => {
      await connected();
      const eves = await group.tab('eve');
      expect(group.open.map(({ userId }) => userId)).toEqual(['ada', 'eve']);
      group.open[1]?.accept();
      const heard = [leader, ...followers, eves].map((tab) => tab.hears('message:created'));
      group.open[0]?.tell('message:created', message(1));
      group.open[1]?.tell('message:created', message(2));
      await group.talkedOut();
      expect(heard).toEqual([[message(1)], [message(1)], [message(1)], [message(2)]]);
      followers[0].ask('message:send', send);
      await group.talkedOut();
      expect(group.open.map(({ arrived }) => arrived.length)).toEqual([1, 0]);
    });

    it('lets the next tab lead when the leader signs out', async () => {
      await connected();
      leader.switchTo(null);
      await group.talkedOut();
      expect(leader.state).toBe('idle');
      await connected();
      expect(followers.map(({ state }) => state)).toEqual(['connected', 'connected']);
      leader.switchTo('eve');
      await group.talkedOut();
      expect(leader.state).toBe('connecting');
      expect(group.open.map(({ userId }) => userId)).toEqual(['ada', 'eve']);
    });

    it('gives nobody what was for the one before, even before the change has had its effects', async () => {
      await connected();
      const heard = [leader, followers[0]].map((tab) => tab.hears('message:created'));
      leader.switchTo('eve', true);
      followers[0].switchTo('eve', true);
      group.socket.tell('message:created', message(1));
      await group.talkedOut();
      expect(heard).toEqual([[], []]);
    });
  });

  describe('when the leader does not answer', () => {
    beforeEach(async () => {
      await connected();
      leader.channel.block();
      await group.pass(SILENT_MS);
    });

    it('connects by itself, and shows nothing as current until it has', () => {
      expect(followers.map(({ state }) => state)).toEqual(['reconnecting', 'reconnecting']);
      expect(group.open).toHaveLength(3);
      for (const socket of group.open.slice(1)) socket.accept();
      expect(followers.map(({ state, connections }) => [state, connections])).toEqual([
        ['connected', 2],
        ['connected', 2],
      ]);
      const heard = followers[0].hears('message:created');
      group.open[1]?.tell('message:created', message(1));
      expect(heard).toEqual([message(1)]);
      const asked = followers[0].ask('message:send', send);
      group.open[1]?.arrived[0]?.answer(message(2));
      expect(asked.data).toEqual(message(2));
    });

    it('follows again when the leader answers, and catches up', async () => {
      for (const socket of group.open.slice(1)) socket.accept();
      leader.channel.unblock();
      await group.pass(LEADER_WATCH.askEveryMs);
      expect(group.open).toHaveLength(1);
      expect(states()).toEqual(['connected', 'connected', 'connected']);
      expect(connections()).toEqual([1, 3, 3]);
    });
  });

  it('looks at once whether the leader is well when somebody comes back to a tab', async () => {
    await connected();
    leader.channel.block();
    followers[0].comeToFront();
    await group.pass(LEADER_WATCH.answerWithinMs);
    expect([followers[0].state, followers[1].state]).toEqual(['reconnecting', 'connected']);
  });

  describe('over a network that comes and goes', () => {
    it('is offline in all tabs, and back with a new connection', async () => {
      await connected();
      network('offline');
      expect(states()).toEqual(['offline', 'offline', 'offline']);
      await group.talkedOut();
      network('online');
      await group.talkedOut();
      expect(states()).toEqual(['reconnecting', 'reconnecting', 'reconnecting']);
      await connected();
      expect(states()).toEqual(['connected', 'connected', 'connected']);
      expect(connections()).toEqual([2, 2, 2]);
    });

    it('is not left behind when the leader is back before a tab has heard of the network', async () => {
      await connected();
      // This tab alone hears of it, and late.
      const [late] = followers;
      late.realtime['connection']?.networkBack();
      expect(late.state).toBe('reconnecting');
      await group.talkedOut();
      expect([late.state, late.connections]).toEqual(['connected', 2]);
      expect(connections()).toEqual([1, 2, 1]);
    });

    it('is offline from the beginning in a tab that has not found its leader', async () => {
      group.end();
      group = new TabGroup(new ManualClock());
      network('offline');
      leader = await group.tab();
      const follower = await group.tab();
      expect([leader.state, follower.state]).toEqual(['offline', 'offline']);
    });
  });

  it('gives each tab a socket of its own where there are no Web Locks', async () => {
    group.end();
    group = new TabGroup(new ManualClock(), null);
    const tabs = [await group.tab(), await group.tab()];
    expect(group.open).toHaveLength(2);
    for (const socket of group.open) socket.accept();
    expect(tabs.map(({ state }) => state)).toEqual(['connected', 'connected']);
  });
});
