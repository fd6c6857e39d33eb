import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { message } from '../../messages/testing/fixtures';
import { ManualClock } from '../clock/testing/manual-clock';
import { LEADER_WATCH } from '../tabs/leader-watch';
import { type OpenTab, TabGroup } from './testing/tab-group';

const SILENT_MS = LEADER_WATCH.askEveryMs + LEADER_WATCH.answerWithinMs;
const send = { conversationId: 'c1', clientId: 'id-1', body: 'hello' };

describe('Realtime when something happens to the tab that leads', () => {
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
});
