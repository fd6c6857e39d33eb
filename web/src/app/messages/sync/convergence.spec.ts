import type { ChangePage, Conversation } from '@parlance/contracts';
import { describe, expect, it } from 'vitest';
import { ada, ben } from '../testing/fixtures';
import { ManualClock, settled } from '../../core/clock/testing/manual-clock';
import { type ModelEvent, ServerModel } from '../testing/server-model';
import { ConversationLog } from './conversation-log';
import { isStale, summaryOf, withMarker, withMessage, withSnapshot } from './conversation-summary';
import { ConversationSync } from './conversation-sync';
import { SummarySync } from './summary-sync';

/** Chance that can be had again: a failing case names the seed that it began with. */
class Chance {
  constructor(private state: number) {}

  next(): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.state / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  shuffled<T>(items: readonly T[]): T[] {
    return items
      .map((item) => ({ item, at: this.next() }))
      .sort((a, b) => a.at - b.at)
      .map(({ item }) => item);
  }
}

/** Something happens on the server: what it tells of it. */
function happening(server: ServerModel, chance: Chance): ModelEvent {
  const seq = 1 + chance.below(server.headSeq || 1);
  const somebody = chance.next() < 0.5 ? ada.id : ben.id;
  const kind = server.headSeq === 0 ? 0 : chance.below(10);
  if (kind < 5) return server.write(somebody);
  if (kind === 5) return server.edit(seq);
  if (kind === 6) return server.delete(seq);
  if (kind === 7) return { name: 'snapshot', fact: server.snapshot() };
  return server.mark(somebody, kind === 8 ? 'read' : 'delivered', seq);
}

const happenings = (server: ServerModel, chance: Chance, count: number) =>
  Array.from({ length: count }, () => happening(server, chance));

const tooFarBehind = (rev: number): ChangePage => ({ items: [], rev, more: false, reset: true });

/** Somebody goes up and down in the conversation while all that happens. */
function wander(sync: ConversationSync, headSeq: number, chance: Chance): void {
  const seq = 1 + chance.below(headSeq || 1);
  const step = chance.below(5);
  if (step === 0) void sync.reach(seq);
  else if (step === 1) void sync.loadOlder();
  else if (step === 2) void sync.loadNewer();
  else if (step === 3) sync.look({ first: seq, last: seq + 3 });
  else sync.look(undefined);
}

const SEEDS = Array.from({ length: 300 }, (_, index) => index + 1);

describe('a stale snapshot and every event since, in any order and more than once', () => {
  it('are the fresh list of conversations', () => {
    for (const seed of SEEDS) {
      const chance = new Chance(seed);
      const server = new ServerModel();
      happenings(server, chance, chance.below(20));
      let known = summaryOf(server.snapshot());
      const events = happenings(server, chance, 1 + chance.below(25));
      for (const { name, fact } of chance.shuffled([...events, ...events.slice(0, 5)])) {
        if (name === 'message') known = withMessage(known, fact, ada.id);
        else if (name === 'marker') known = withMarker(known, fact, ada.id);
        else known = withSnapshot(known, fact, ada.id);
      }
      // A marker between one's own messages leaves something that only the server can tell; nothing else does.
      if (known.isUncertain) known = withSnapshot(known, server.snapshot(), ada.id);
      expect(isStale(known), `seed ${seed}`).toBe(false);
      expect(known.conversation, `seed ${seed}`).toEqual(server.snapshot());
    }
  });

  it('are the fresh messages', () => {
    for (const seed of SEEDS) {
      const chance = new Chance(seed);
      const server = new ServerModel();
      happenings(server, chance, chance.below(20));
      const log = new ConversationLog();
      log.startFrom(server.latest(1_000));
      const events = happenings(server, chance, 1 + chance.below(25));
      for (const { name, fact } of chance.shuffled([...events, ...events.slice(0, 5)])) {
        if (name === 'message') log.receive(fact);
      }
      expect(log.cursor, `seed ${seed}`).toBe(server.headRev);
      expect(log.messages, `seed ${seed}`).toEqual(server.messages());
    }
  });
});

describe('events lost, doubled and overtaken, and answers that come late', () => {
  it('end in what the server has, once somebody tells how far it is', async () => {
    for (const seed of SEEDS.slice(0, 80)) {
      const chance = new Chance(seed);
      const server = new ServerModel();
      const clock = new ManualClock();
      /** The answer is what is true when it is asked; it arrives whenever it likes, or not at all. */
      const answer = <T>(told: T): Promise<T> =>
        new Promise((resolve, reject) => {
          const arrive = chance.next() < 0.2 ? () => reject(new Error('lost')) : () => resolve(told);
          clock.schedule(chance.below(400), arrive);
        });
      const describeError = () => ({ type: 'urn:parlance:problem:unreachable', title: 'Lost', status: 0 });
      const sync = new ConversationSync(
        'c1',
        {
          latest: () => answer(server.latest(1 + chance.below(8))),
          before: (_id, seq) => answer(server.page(Math.max(1, seq - 4), Math.min(4, seq - 1))),
          after: (_id, seq) => answer(server.page(seq + 1, 4)),
          around: (_id, seq) => answer(server.page(Math.max(1, seq - 2), 4)),
          changes: (_id, rev) =>
            answer(chance.next() < 0.1 ? tooFarBehind(rev) : server.changes(rev, 1 + chance.below(10))),
          describe: describeError,
        },
        clock,
        () => undefined,
        { limits: { max: 10, around: 2, newest: 3 } },
      );
      let listed: ReadonlyMap<string, Conversation> = new Map();
      const list = new SummarySync({ get: () => answer(server.snapshot()), describe: describeError }, clock, (all) => {
        listed = all;
      });
      list.start(ada.id);
      list.take([server.snapshot()]);
      void sync.catchUp();

      let waiting: ModelEvent[] = [];
      for (let round = 0; round < 25; round++) {
        waiting.push(...happenings(server, chance, 1 + chance.below(5)));
        const arriving = chance.shuffled(waiting.filter(() => chance.next() < 0.6));
        waiting = waiting.filter((event) => !arriving.includes(event) && chance.next() < 0.8);
        for (const { name, fact } of arriving) {
          if (name === 'message') {
            sync.receive(fact);
            list.takeMessage(fact);
          } else if (name === 'marker') list.takeMarker(fact);
          else list.take([fact]);
        }
        if (chance.next() < 0.2) void sync.catchUpAfresh();
        wander(sync, server.headSeq, chance);
        await clock.advance(chance.below(300));
      }
      // A new connection: everything is asked again, and the digest tells the rest.
      void sync.catchUpAfresh();
      sync.noteHead(server.headRev);
      list.noteHead('c1', server.headRev);
      await clock.advance(120_000);
      list.take([server.snapshot()]);
      await settled();
      const { messages } = sync.snapshot();
      expect(sync.cursor, `seed ${seed}`).toBe(server.headRev);
      expect(messages, `seed ${seed}`).toEqual(server.messages().filter(({ seq }) => seq >= (messages[0]?.seq ?? 1)));
      // Also what lies apart from the newest, wherever one has looked.
      for (const stored of server.messages()) {
        const loaded = sync.snapshot().loaded.at(stored.seq);
        if (loaded) expect(loaded, `seed ${seed}`).toEqual(stored);
      }
      expect(listed.get('c1'), `seed ${seed}`).toEqual(server.snapshot());
    }
  }, 60_000);
});
