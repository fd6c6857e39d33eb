import type { ChangePage, Conversation } from '@parlance/contracts';
import type { ManualClock } from '../../core/clock/testing/manual-clock';
import { ConversationSync } from '../sync/conversation-sync';
import { SummarySync } from '../sync/summary-sync';
import type { Chance } from './chance';
import { problem } from './fixtures';
import { type ModelFact, NotFound, type ServerModel } from './server-model';

/** Of whichever kind it is, where the client's services put it. */
export function tell(list: SummarySync, { event, fact }: ModelFact): void {
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

const tooFarBehind = (rev: number): ChangePage => ({ items: [], rev, more: false, reset: true });

/** A device of the viewer: the list, and every conversation open. */
export class ModelDevice {
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
