import type { ChangePage, Conversation } from '@parlance/contracts';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../core/clock/testing/manual-clock';
import { Chance } from '../testing/chance';
import { ada, ben, problem } from '../testing/fixtures';
import { cleo, type ModelFact, NotFound, ServerModel } from '../testing/server-model';
import { ConversationLog } from './conversation-log';
import { ConversationSync } from './conversation-sync';
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

/** Of whichever kind it is, where the client's services put it. */
function tell(list: SummarySync, { event, fact }: ModelFact): void {
  switch (event) {
    case 'message:created':
    case 'message:updated':
      return list.takeMessage(fact);
    case 'conversation:created':
    case 'conversation:updated':
      return list.take([fact]);
    case 'conversation:removed':
      return list.remove(fact.id);
    case 'conversation:marker':
      return list.takeMarker(fact);
    case 'user:updated':
      return list.takeUser(fact);
    case 'heads':
      for (const [id, rev] of Object.entries(fact)) list.noteHead(id, rev);
      return;
    case 'presence:changed':
      // Of nobody in the list: presence.spec.ts has the same for it.
      return;
  }
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

const tooFarBehind = (rev: number): ChangePage => ({ items: [], rev, more: false, reset: true });

/** A device of the viewer: the list, and every conversation open. */
class Device {
  readonly syncs = new Map<string, ConversationSync>();
  readonly list: SummarySync;
  listed: ReadonlyMap<string, Conversation> = new Map();

  constructor(
    private readonly server: ServerModel,
    private readonly clock: ManualClock,
    private readonly chance: Chance,
  ) {
    this.list = new SummarySync(
      { get: (id) => this.answer(() => server.snapshot(id)), describe: described },
      clock,
      (all) => this.show(all),
    );
    this.list.start(server.viewerId);
  }

  hear(told: ModelFact): void {
    tell(this.list, told);
    const { event, fact } = told;
    if (event === 'message:created' || event === 'message:updated') this.syncs.get(fact.conversationId)?.receive(fact);
    if (event === 'heads') for (const [id, rev] of Object.entries(fact)) this.syncs.get(id)?.noteHead(rev);
    if (event === 'conversation:updated') this.syncs.get(fact.id)?.noteHead(fact.headRev);
  }

  /** There is a new connection: everything is asked for again. */
  async connect(): Promise<void> {
    for (const sync of this.syncs.values()) void sync.catchUpAfresh();
    await this.refresh();
  }

  /** Somebody goes up and down in a conversation while all that happens. */
  wander(): void {
    for (const [id, sync] of this.syncs) {
      const seq = 1 + this.chance.below(this.headSeqOf(id) || 1);
      const step = this.chance.below(6);
      if (step === 0) void sync.reach(seq);
      else if (step === 1) void sync.loadOlder();
      else if (step === 2) void sync.loadNewer();
      else if (step === 3) sync.look({ first: seq, last: seq + 3 });
      else sync.look(undefined);
    }
  }

  private headSeqOf(id: string): number {
    return this.server.conversations.find((one) => one.id === id)?.headSeq ?? 0;
  }

  private async refresh(): Promise<void> {
    const { list } = this;
    const asked = list.asking();
    try {
      const told = await this.answer(() => this.server.snapshots());
      const untold = [...this.listed.keys()].filter((id) => told.every((one) => one.id !== id));
      list.take(told, asked);
      for (const id of untold) list.remove(id, asked);
    } catch {
      this.clock.schedule(500, () => void this.refresh());
    }
  }

  private show(listed: ReadonlyMap<string, Conversation>): void {
    this.listed = listed;
    for (const [id, sync] of [...this.syncs].filter(([one]) => !listed.has(one))) {
      sync.close();
      this.syncs.delete(id);
    }
    for (const id of [...listed.keys()].filter((one) => !this.syncs.has(one))) this.open(id);
  }

  private open(id: string): void {
    const conversation = () => this.server.conversation(id);
    const { chance } = this;
    const sync = new ConversationSync(
      id,
      {
        latest: () => this.answer(() => conversation().latest(1 + chance.below(8))),
        before: (_id, seq) => this.answer(() => conversation().page(Math.max(1, seq - 4), Math.min(4, seq - 1))),
        after: (_id, seq) => this.answer(() => conversation().page(seq + 1, 4)),
        around: (_id, seq) => this.answer(() => conversation().page(Math.max(1, seq - 2), 4)),
        changes: (_id, rev) =>
          this.answer(() => {
            const limit = 1 + chance.below(10);
            return chance.next() < 0.1 ? tooFarBehind(rev) : conversation().changes(rev, limit);
          }),
        describe: described,
      },
      this.clock,
      () => undefined,
      { limits: { max: 10, around: 2, newest: 3 } },
    );
    this.syncs.set(id, sync);
    void sync.catchUp();
  }

  /** What is true when it is asked; it arrives whenever it likes, or not at all. */
  private answer<T>(told: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      let arrive: () => void;
      try {
        const answer = told();
        arrive = () => resolve(answer);
      } catch (error) {
        if (!(error instanceof NotFound)) throw error;
        arrive = () => reject(error);
      }
      const isLost = this.chance.next() < 0.2;
      this.clock.schedule(this.chance.below(400), isLost ? () => reject(new Error('lost')) : arrive);
    });
  }
}

function described(error: unknown) {
  return problem(error instanceof NotFound ? 404 : 0);
}

describe('connections lost, facts doubled and overtaken, and answers that come late or never', () => {
  it('end in what the server has', async () => {
    for (const seed of SEEDS.slice(0, 80)) {
      const chance = new Chance(seed);
      const server = serverWithAPast(seed, chance);
      const clock = new ManualClock();
      const device = new Device(server, clock, chance);
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

function expectAll(device: Device, server: ServerModel, seed: number): void {
  expect(byId(device.listed.values()), `seed ${seed}`).toEqual(byId(server.snapshots()));
  for (const { id } of server.conversations) expectMessages(device, server, id, seed);
}

function expectMessages(device: Device, server: ServerModel, id: string, seed: number): void {
  const sync = device.syncs.get(id);
  const stored = server.conversation(id).messages();
  const { messages = [], loaded } = sync?.snapshot() ?? {};
  expect(sync?.cursor, `seed ${seed}, ${id}`).toBe(server.conversation(id).headRev);
  expect(messages, `seed ${seed}, ${id}`).toEqual(stored.filter(({ seq }) => seq >= (messages[0]?.seq ?? 1)));
  // Also what lies apart from the newest, wherever one has looked.
  for (const message of stored) expect(loaded?.at(message.seq) ?? message, `seed ${seed}, ${id}`).toEqual(message);
}
