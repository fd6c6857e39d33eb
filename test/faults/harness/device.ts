import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type {
  ChangePage,
  Conversation,
  ConversationMarker,
  Message,
  MessagePage,
  SendMessageRequest,
} from '@parlance/contracts';
import { Connection, describeError } from './connection';
import type { Bubble, Clock, HistorySource, OutboxEntry, OutboxStorage, ReceiptKind } from './core';
import type { FlakyProxy } from './flaky-proxy';
import type { Change, Ledger } from './ledger';
import { OutboxDisk } from './outbox-disk';
import type { Person } from './people';
import type { Core } from './planted-core';
import type { Random } from './random';
import { ScreenWatch } from './screen-watch';
import { cacheOn } from './seen-disk';

/** Longer than the API is ever away in one go; in milliseconds. */
const CHANGED_WITHIN_MS = 60_000;
/** Between two attempts to refresh the list, in milliseconds. */
const REFRESH_MS = 200;

/** Where a device lives. */
export interface Surroundings {
  readonly core: Core;
  readonly ledger: Ledger;
  readonly proxy: FlakyProxy;
  /** Of this device: when it tries again. */
  readonly chance: Random;
}

type Sync = InstanceType<Core['ConversationSync']>;

/** A client without a screen: the client's sync core on a real socket and real HTTP. */
export class Device {
  readonly syncs = new Map<string, Sync>();
  summaries: ReadonlyMap<string, Conversation> = new Map();
  entries: readonly OutboxEntry[] = [];
  private readonly connection: Connection;
  private readonly storage: OutboxStorage;
  private readonly outbox: InstanceType<Core['OutboxQueue']>;
  private readonly receipts: InstanceType<Core['ReceiptQueue']>;
  private readonly list: InstanceType<Core['SummarySync']>;
  /** Highest marks that the server has confirmed, by conversation and user. */
  private readonly confirmed = new Map<string, ConversationMarker>();
  private readonly cache: InstanceType<Core['ConversationCache']>;
  private readonly screen: ScreenWatch;
  private isClosed = false;
  /** Refreshes of the list that are not done. */
  private refreshing = 0;
  private ready: Promise<void>;

  constructor(
    private readonly world: Surroundings,
    readonly name: string,
    readonly person: Person,
    conversationIds: readonly string[],
    readonly disk: OutboxDisk = new OutboxDisk(),
    leads = true,
  ) {
    const { core } = world;
    this.screen = new ScreenWatch(core, world.ledger, name, person.id);
    const clock: Clock = { ...core.systemClock, random: () => world.chance.next() };
    this.connection = new Connection(world.proxy.url, person.token, world.chance, () => this.connected());
    this.cache = cacheOn(disk.seen, core, clock);
    this.storage = disk.tab(() => void this.outbox.reload());
    this.outbox = new core.OutboxQueue(
      this.storage,
      {
        send: async (request) => {
          const message = await this.connection.request('message:send', request);
          world.ledger.acked(request.body, message);
          return message;
        },
        describe: describeError,
      },
      clock,
      { entriesChanged: (entries) => this.enter(entries), delivered: (message) => this.take(message) },
    );
    this.receipts = new core.ReceiptQueue(
      {
        mark: (kind, conversationId, seq) => this.connection.request(`conversation:${kind}`, { conversationId, seq }),
        describe: describeError,
      },
      clock,
      (marker) => this.takeConfirmed(marker),
    );
    this.list = new core.SummarySync(
      { get: (id) => this.askFor(id), describe: describeError },
      clock,
      (conversations) => this.listed(conversations),
    );
    this.list.start(person.id);
    for (const id of conversationIds) {
      this.syncs.set(id, new core.ConversationSync(id, this.history, clock, () => this.changed(id)));
    }
    this.listen();
    const led = leads ? Promise.resolve() : this.outbox.lead(false);
    this.ready = Promise.all([led, this.restore()]).then(() => this.outbox.start(person.id));
  }

  /** Whether it is connected, has sent everything, and no request of its own is on its way. */
  get rests(): boolean {
    return (
      this.isConnected && this.entries.every(({ problem }) => problem) && !this.list.isBusy && this.refreshing === 0
    );
  }

  get isConnected(): boolean {
    return this.connection.since !== undefined;
  }

  /** Milliseconds for which it has been connected over a good network; 0 while it is not. */
  get onlineFor(): number {
    const { since } = this.connection;
    return since === undefined ? 0 : Math.min(performance.now() - since, this.world.proxy.calmFor);
  }

  /** What its screen would show of a conversation. */
  bubbles(conversationId: string): Bubble[] {
    const { BubbleList } = this.world.core;
    return new BubbleList(this.sync(conversationId).snapshot(), this.entries, this.person.id).newest();
  }

  /** Types a text; resolves when the device has stored it. */
  async say(conversationId: string, padding = ''): Promise<void> {
    const intent = this.world.ledger.intend(this.name, this.person.id, conversationId, padding);
    await this.ready;
    await this.outbox.add({ conversationId, clientId: randomUUID(), body: intent.body });
    intent.kept = true;
  }

  /** One bare attempt, past the outbox. Rejects when the server does not answer with the message. */
  async sendOnce(request: SendMessageRequest): Promise<void> {
    this.world.ledger.acked(request.body, await this.connection.request('message:send', request));
  }

  /** Changes a text, or takes it away when `body` is empty; asks until the server has answered. */
  async change(message: Message, body: string): Promise<void> {
    const change: Change = { messageId: message.id, former: message.body, body };
    this.world.ledger.changes.push(change);
    const messageId = message.id;
    const end = performance.now() + CHANGED_WITHIN_MS;
    while (!change.ack) {
      try {
        change.ack = body
          ? await this.connection.request('message:edit', { messageId, body })
          : await this.connection.request('message:delete', { messageId });
        this.take(change.ack);
      } catch (error) {
        const { status } = describeError(error);
        if (status >= 400 && status < 500 && status !== 429) throw error;
        if (performance.now() > end) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  /** Shows everything that it knows to somebody who looks. */
  read(conversationId: string): void {
    const last = this.sync(conversationId).snapshot().messages.at(-1);
    if (last) this.receipts.mark('read', conversationId, last.seq);
  }

  /** One bare mark, past the queue. */
  async mark(kind: ReceiptKind, conversationId: string, seq: number): Promise<void> {
    this.takeConfirmed(await this.connection.request(`conversation:${kind}`, { conversationId, seq }));
  }

  /** Of several tabs, this one sends from now on. */
  lead(): Promise<void> {
    return this.outbox.lead(true);
  }

  /** The digest, `online` or a page that comes back: asks for everything that may have been missed. */
  catchUp(): void {
    for (const sync of this.syncs.values()) void sync.catchUp();
    this.refreshList();
  }

  /** The tab is closed: nothing more happens; what is stored stays. */
  close(): void {
    this.disk.forget(this.storage);
    this.connection.close();
    this.outbox.stop();
    this.receipts.clear();
    this.cache.stop();
    this.isClosed = true;
    this.list.start(undefined);
    for (const sync of this.syncs.values()) sync.close();
  }

  private async askFor(id: string): Promise<Conversation> {
    const conversation = await this.connection.get<Conversation>(`/api/conversations/${id}`);
    const { headSeq, readSeq, unread } = conversation;
    this.world.ledger.told.push({
      headSeq,
      readSeq,
      unread,
      conversationId: id,
      personId: this.person.id,
      device: this.name,
    });
    return conversation;
  }

  private refreshList(): void {
    for (const id of this.syncs.keys()) void this.refresh(id);
  }

  /** What could not be asked is asked again, as long as somebody is there who wants to know. */
  private async refresh(id: string): Promise<void> {
    this.refreshing += 1;
    for (let isTold = false; !isTold && !this.isClosed;) {
      isTold = await this.list.load(id).then(
        () => true,
        () => pause(REFRESH_MS, false),
      );
    }
    this.refreshing -= 1;
  }

  private get history(): HistorySource {
    const path = (id: string) => `/api/conversations/${id}`;
    const page = (id: string, place = '') => this.connection.get<MessagePage>(`${path(id)}/messages?${place}limit=100`);
    return {
      latest: (id) => page(id),
      before: (id, seq) => page(id, `before=${seq}&`),
      after: (id, seq) => page(id, `after=${seq}&`),
      around: (id, seq) => page(id, `around=${seq}&`),
      changes: (id, rev) => this.connection.get<ChangePage>(`${path(id)}/changes?after=${rev}`),
      describe: describeError,
    };
  }

  private listen(): void {
    const { socket } = this.connection;
    socket.on('message:created', (message: Message) => this.take(message));
    socket.on('message:updated', (message: Message) => this.take(message));
    socket.on('conversation:marker', (marker: ConversationMarker) => this.takeMarker(marker));
    socket.on('heads', (heads: Record<string, number>) => {
      for (const [id, rev] of Object.entries(heads)) {
        this.syncs.get(id)?.noteHead(rev);
        this.list.noteHead(id, rev);
      }
    });
  }

  /** Begins with what this device has kept, as the client does before its first screen. */
  private async restore(): Promise<void> {
    const { cache, person } = this;
    await cache.load(person.id);
    if (this.isClosed) return;
    this.list.take(cache.listOf(person.id));
    for (const { conversationId, items, rev } of cache.runsOf(person.id)) {
      this.syncs.get(conversationId)?.restore(items, rev);
    }
    for (const id of this.syncs.keys()) cache.opened(id);
  }

  private connected(): void {
    this.outbox.wake();
    this.receipts.wake();
    for (const sync of this.syncs.values()) void sync.catchUpAfresh();
    this.refreshList();
  }

  private take(message: Message): void {
    const { conversationId, clientId, senderId } = message;
    this.world.ledger.came(this.name, message);
    this.syncs.get(conversationId)?.receive(message);
    this.list.takeMessage(message);
    if (clientId && senderId === this.person.id) void this.outbox.settle(clientId);
  }

  private takeMarker(marker: ConversationMarker): void {
    this.list.takeMarker(marker);
  }

  /** The server's own answer may never be behind one that it gave before. */
  private takeConfirmed(marker: ConversationMarker): void {
    const key = `${marker.conversationId} ${marker.userId}`;
    const before = this.confirmed.get(key);
    if (before && (before.readSeq > marker.readSeq || before.deliveredSeq > marker.deliveredSeq)) {
      this.world.ledger.sightings.push({
        kind: 'divergent',
        what: `${this.name}: the marker moved back, read ${before.readSeq} to ${marker.readSeq}`,
      });
    }
    this.confirmed.set(key, marker);
    this.takeMarker(marker);
  }

  /** Everything that arrives is told as delivered, as the client's receipts do. */
  private listed(conversations: ReadonlyMap<string, Conversation>): void {
    this.summaries = conversations;
    if (conversations.size > 0) this.cache.keepList(this.person.id, [...conversations.values()]);
    for (const { id, unread, deliveredSeq, headSeq } of conversations.values()) {
      if (unread > 0 && deliveredSeq < headSeq) this.receipts.mark('delivered', id, headSeq);
    }
  }

  private changed(conversationId: string): void {
    const sync = this.sync(conversationId);
    const { KEPT_MESSAGES } = this.world.core;
    this.cache.keepRun(this.person.id, conversationId, () => sync.end(KEPT_MESSAGES));
    this.screen.shown(sync.snapshot(), this.entries);
  }

  private enter(entries: readonly OutboxEntry[]): void {
    this.entries = entries;
    for (const sync of this.syncs.values()) this.screen.lookForDoubles(sync.snapshot(), entries);
  }

  private sync(conversationId: string): Sync {
    const sync = this.syncs.get(conversationId);
    if (!sync) throw new Error(`${this.name} has not opened ${conversationId}.`);
    return sync;
  }
}
