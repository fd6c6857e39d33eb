import type { Conversation } from '@parlance/contracts';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../core/clock/testing/manual-clock';
import { Chance } from '../testing/chance';
import { ada, ben, problem } from '../testing/fixtures';
import { ModelDevice, tell } from '../testing/model-device';
import { cleo, type ModelFact, ServerModel } from '../testing/server-model';
import { ConversationLog } from './conversation-log';
import { SummarySync } from './summary-sync';

const SEEDS = Array.from({ length: 300 }, (_, index) => index + 1);
const viewerOf = (seed: number) => [ada, ben, cleo][seed % 3]?.id ?? ada.id;

/** A server with a past, as one of its people sees it. */
function serverWithAPast(seed: number, chance: Chance): ServerModel {
  const server = new ServerModel(viewerOf(seed));
  happenings(server, chance, chance.below(60));
  return server;
}

function happenings(server: ServerModel, chance: Chance, count: number): ModelFact[] {
  return Array.from({ length: count }, () => server.happening(chance)).flat();
}

/** What has no counter of its own. The socket keeps its order; everything else may come in any order, and again. */
function isOrdered({ event }: ModelFact): boolean {
  switch (event) {
    case 'conversation:created':
    case 'conversation:updated':
    case 'conversation:removed':
    case 'user:updated':
    case 'presence:changed':
      return true;
    case 'message:created':
    case 'message:updated':
    case 'conversation:marker':
    case 'heads':
      return false;
  }
}

/** In any order that the protocol allows, and some more than once. */
function interleaved(facts: readonly ModelFact[], chance: Chance): ModelFact[] {
  const again = facts.filter((told) => !isOrdered(told)).slice(0, 5);
  const ordered = facts.filter(isOrdered);
  return chance.shuffled([...facts, ...again]).map((told) => (isOrdered(told) ? ordered.shift() : undefined) ?? told);
}

/** The facts as they come to a list that asks for all of it now and then, and has its answers late. */
function hearAndAsk(list: SummarySync, server: ServerModel, chance: Chance, rounds: number): ModelFact[] {
  const facts: ModelFact[] = [];
  const unheard: ModelFact[] = [];
  const late: (() => void)[] = [];
  for (let round = 0; round < rounds; round++) {
    const happened = happenings(server, chance, 1 + chance.below(12));
    facts.push(...happened);
    unheard.push(...happened);
    const hears = interleaved(unheard.splice(0, chance.below(unheard.length + 1)), chance);
    for (const told of hears) tell(list, told);
    if (chance.next() < 0.5) {
      const [asked, answer] = [list.asking(), server.snapshots()];
      late.push(() => list.take(answer, asked));
    }
    if (chance.next() < 0.3) for (const answers of late.splice(0, 1)) answers();
  }
  for (const told of interleaved(unheard, chance)) tell(list, told);
  for (const answers of chance.shuffled(late)) answers();
  return facts;
}

/**
 * The conversations of which something is left that only the server can tell: the viewer's read marker has stopped before
 * the end, with messages of their own beyond the one before; or they came or went, and so not everything was told to them.
 */
function untellable(server: ServerModel, before: readonly Conversation[], facts: readonly ModelFact[]): Set<string> {
  const ids = new Set<string>();
  for (const { event, fact } of facts) {
    if (event === 'conversation:removed' || event === 'conversation:created') ids.add(fact.id);
    if (event !== 'conversation:marker' || fact.userId !== server.viewerId) continue;
    const { conversationId: id, readSeq } = fact;
    const readBefore = before.find((one) => one.id === id)?.readSeq ?? 0;
    const conversation = server.conversations.find((one) => one.id === id);
    const isOwnBeyond = conversation
      ?.messages()
      .some(({ seq, senderId }) => senderId === server.viewerId && seq > readBefore);
    if (isOwnBeyond && readSeq > readBefore && readSeq < (conversation?.headSeq ?? 0)) ids.add(id);
  }
  return ids;
}

const byId = (conversations: Iterable<Conversation>) =>
  [...conversations].sort((one, other) => (one.id < other.id ? -1 : 1));

describe('a stale snapshot and every fact since, in any order and more than once', () => {
  it('are the fresh list of conversations, and the server is asked for nothing that the facts have told', async () => {
    let [listed, asked] = [0, 0];
    for (const seed of SEEDS) {
      const chance = new Chance(seed);
      const server = serverWithAPast(seed, chance);
      const clock = new ManualClock();
      const questions = new Set<string>();
      let known: ReadonlyMap<string, Conversation> = new Map();
      const list = new SummarySync(
        {
          // eslint-disable-next-line @typescript-eslint/require-await -- what it throws is an answer, too
          get: async (id) => {
            questions.add(id);
            return server.snapshot(id);
          },
          describe: () => problem(404),
        },
        clock,
        (all) => (known = all),
      );
      list.start(server.viewerId);
      const before = server.snapshots();
      list.take(before);
      const facts = hearAndAsk(list, server, chance, 1 + chance.below(8));
      const allowed = untellable(server, before, facts);
      await clock.advance(1_000);
      expect(
        [...questions].filter((id) => !allowed.has(id)),
        `seed ${seed}`,
      ).toEqual([]);
      expect(byId(known.values()), `seed ${seed}`).toEqual(byId(server.snapshots()));
      listed += known.size;
      asked += questions.size;
    }
    // If that were most of them, the facts would have proved nothing.
    expect(asked / listed).toBeLessThan(0.2);
  }, 60_000);

  it('are the fresh messages', () => {
    for (const seed of SEEDS) {
      const chance = new Chance(seed);
      // Nobody comes to the first two or goes, and so messages have all the revs there are.
      const id = seed % 3 === 2 ? 'c2' : 'c1';
      const server = serverWithAPast(seed, chance);
      const log = new ConversationLog();
      log.startFrom(server.conversation(id).latest(1_000));
      for (const { event, fact } of interleaved(happenings(server, chance, 1 + chance.below(60)), chance)) {
        if ((event === 'message:created' || event === 'message:updated') && fact.conversationId === id)
          log.receive(fact);
      }
      expect(log.cursor, `seed ${seed}`).toBe(server.conversation(id).headRev);
      expect(log.messages, `seed ${seed}`).toEqual(server.conversation(id).messages());
    }
  });
});

describe('connections lost, facts doubled and overtaken, and answers that come late or never', () => {
  it('end in what the server has', async () => {
    for (const seed of SEEDS.slice(0, 80)) {
      const chance = new Chance(seed);
      const server = serverWithAPast(seed, chance);
      const clock = new ManualClock();
      const device = new ModelDevice(server, clock, chance);
      void device.connect();
      let unheard: ModelFact[] = [];
      for (let round = 0; round < 25; round++) {
        unheard.push(...happenings(server, chance, 1 + chance.below(8)));
        for (const told of interleaved(unheard.splice(0, chance.below(unheard.length + 1)), chance)) device.hear(told);
        if (chance.next() < 0.2) {
          // What was on its way over the connection before is lost.
          unheard = [];
          void device.connect();
        }
        device.wander();
        await clock.advance(chance.below(300));
      }
      for (const told of interleaved(unheard, chance)) device.hear(told);
      await clock.advance(60_000);
      expectAll(device, server, seed);

      // Everything is lost that is told from here on, but for the digest: it tells of all that has a counter.
      happenings(server, chance, 20);
      device.hear(server.heads());
      await clock.advance(60_000);
      for (const { id } of server.conversations.filter((one) => device.listed.has(one.id))) {
        const { headRev, headSeq, lastMessage } = server.snapshot(id);
        expect(device.listed.get(id), `seed ${seed}, ${id}`).toMatchObject({
          headRev,
          headSeq,
          ...(lastMessage && { lastMessage }),
        });
        expectMessages(device, server, id, seed);
      }
      void device.connect();
      await clock.advance(60_000);
      expectAll(device, server, seed);
    }
  }, 120_000);
});

function expectAll(device: ModelDevice, server: ServerModel, seed: number): void {
  expect(byId(device.listed.values()), `seed ${seed}`).toEqual(byId(server.snapshots()));
  for (const { id } of server.conversations) expectMessages(device, server, id, seed);
}

function expectMessages(device: ModelDevice, server: ServerModel, id: string, seed: number): void {
  const sync = device.syncs.get(id);
  const stored = server.conversation(id).messages();
  const { messages = [], loaded } = sync?.snapshot() ?? {};
  expect(sync?.cursor, `seed ${seed}, ${id}`).toBe(server.conversation(id).headRev);
  expect(messages, `seed ${seed}, ${id}`).toEqual(stored.filter(({ seq }) => seq >= (messages[0]?.seq ?? 1)));
  // Also what lies apart from the newest, wherever one has looked.
  for (const message of stored) expect(loaded?.at(message.seq) ?? message, `seed ${seed}, ${id}`).toEqual(message);
}
