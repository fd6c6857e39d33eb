import { ACK_TIMEOUT_MS, PRESENCE_WATCH } from '@parlance/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { message, problem } from '../../messages/testing/fixtures';
import { ManualClock } from '../clock/testing/manual-clock';
import { ProblemError } from '../problem/problem';
import { type OpenTab, TabGroup } from './testing/tab-group';

const send = { conversationId: 'c1', clientId: 'id-1', body: 'hello' };

describe('Realtime in several tabs', () => {
  let group: TabGroup;
  let leader: OpenTab;
  let followers: [OpenTab, OpenTab];
  const states = () => [leader, ...followers].map(({ state }) => state);
  const connections = () => [leader, ...followers].map(({ connections }) => connections);

  beforeEach(async () => {
    group = new TabGroup(new ManualClock());
    leader = await group.tab();
    followers = [await group.tab(), await group.tab()];
  });
  afterEach(() => group.end());

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

  it('gives each tab a socket of its own where there are no Web Locks', async () => {
    group.end();
    group = new TabGroup(new ManualClock(), null);
    const tabs = [await group.tab(), await group.tab()];
    expect(group.open).toHaveLength(2);
    for (const socket of group.open) socket.accept();
    expect(tabs.map(({ state }) => state)).toEqual(['connected', 'connected']);
  });
});
