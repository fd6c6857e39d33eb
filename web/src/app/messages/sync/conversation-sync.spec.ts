import { describe, expect, it } from 'vitest';
import type { ChangePage, MessagePage } from '@parlance/contracts';
import { message, messages, problem } from '../testing/fixtures';
import { ManualClock, settled } from '../../core/clock/testing/manual-clock';
import { LOADED } from './conversation-log';
import { ConversationSync, GAP_DEBOUNCE_MS } from './conversation-sync';
import type { ConversationSnapshot } from './conversation-sync';
import type { HistorySource } from './history-source';

/** A server of one conversation: all messages stand at rev = seq. */
class Server implements HistorySource {
  headSeq = 3;
  reset = false;
  pageSize = 50;
  failWith: number | undefined;
  readonly asked: string[] = [];

  async latest(): Promise<MessagePage> {
    this.ask('latest');
    return Promise.resolve(this.page(Math.max(1, this.headSeq - this.pageSize + 1), this.headSeq));
  }

  async before(_id: string, seq: number): Promise<MessagePage> {
    this.ask(`before ${seq}`);
    return Promise.resolve(this.page(Math.max(1, seq - this.pageSize), seq - 1));
  }

  async after(_id: string, seq: number): Promise<MessagePage> {
    this.ask(`after ${seq}`);
    return Promise.resolve(this.page(seq + 1, Math.min(this.headSeq, seq + this.pageSize)));
  }

  async around(_id: string, seq: number): Promise<MessagePage> {
    this.ask(`around ${seq}`);
    const first = Math.max(1, seq - Math.floor(this.pageSize / 2));
    return Promise.resolve(this.page(first, Math.min(this.headSeq, first + this.pageSize - 1)));
  }

  async changes(_id: string, rev: number): Promise<ChangePage> {
    this.ask(`changes after ${rev}`);
    if (this.reset) return Promise.resolve({ items: [], rev, more: false, reset: true });
    const to = Math.min(this.headSeq, rev + this.pageSize);
    return Promise.resolve({ items: messages(rev + 1, to), rev: to, more: to < this.headSeq });
  }

  describe(error: unknown) {
    return problem(Number((error as Error).message));
  }

  private ask(what: string): void {
    this.asked.push(what);
    if (this.failWith) throw new Error(String(this.failWith));
  }

  private page(from: number, to: number): MessagePage {
    return { items: messages(from, to), headSeq: this.headSeq, headRev: this.headSeq };
  }
}

async function opened(server = new Server()) {
  const clock = new ManualClock();
  const snapshots: ConversationSnapshot[] = [];
  const sync = new ConversationSync('c1', server, clock, (snapshot) => snapshots.push(snapshot));
  await sync.catchUp();
  const seqs = () => sync.snapshot().messages.map(({ seq }) => seq);
  return { server, clock, sync, seqs, snapshots };
}

describe('ConversationSync', () => {
  it('loads the latest page first', async () => {
    const { sync, seqs } = await opened();
    expect(seqs()).toEqual([1, 2, 3]);
    expect(sync.snapshot().state).toBe('ready');
  });

  it('asks for changes when an event jumps over a rev, and shows all of them in order', async () => {
    const { server, clock, sync, seqs } = await opened();
    server.headSeq = 6;
    sync.receive(message(6));
    expect(seqs()).toEqual([1, 2, 3]);
    await clock.advance(GAP_DEBOUNCE_MS);
    expect(server.asked).toEqual(['latest', 'changes after 3']);
    expect(seqs()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('asks once for many events beyond a gap, and not at all when the missing one comes right behind', async () => {
    const { server, clock, sync, seqs } = await opened();
    sync.receive(message(5));
    sync.receive(message(6));
    sync.receive(message(4));
    await clock.advance(GAP_DEBOUNCE_MS);
    expect(server.asked).toEqual(['latest']);
    expect(seqs()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('follows a digest that is ahead, and ignores one that is not', async () => {
    const { server, clock, sync, seqs } = await opened();
    sync.noteHead(3);
    await clock.advance(GAP_DEBOUNCE_MS);
    expect(server.asked).toEqual(['latest']);
    server.headSeq = 4;
    sync.noteHead(4);
    await clock.advance(GAP_DEBOUNCE_MS);
    expect(seqs()).toEqual([1, 2, 3, 4]);
  });

  it('fetches all pages of changes before it shows any, so that no hole is ever shown', async () => {
    const { server, sync, seqs, snapshots } = await opened();
    server.pageSize = 2;
    server.headSeq = 9;
    await sync.catchUp();
    expect(seqs()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const { messages: shown } of snapshots)
      expect(shown.map(({ seq }) => seq)).toEqual(shown.map((_, i) => i + 1));
  });

  it('starts over with the latest page when it is too far behind', async () => {
    const { server, sync, seqs } = await opened();
    server.headSeq = 5_000;
    server.pageSize = 3;
    server.reset = true;
    await sync.catchUp();
    expect(seqs()).toEqual([4_998, 4_999, 5_000]);
    expect(sync.cursor).toBe(5_000);
    expect(sync.snapshot().hasOlder).toBe(true);
  });

  it('runs once more when it is asked again while it runs', async () => {
    const { server, sync } = await opened();
    await Promise.all([sync.catchUp(), sync.catchUp(), sync.catchUp()]);
    expect(server.asked).toEqual(['latest', 'changes after 3', 'changes after 3']);
  });

  it('does not wait, on a new connection, for what was asked over the one before', async () => {
    const { server, sync, seqs } = await opened();
    const silent = new Promise<ChangePage>(() => undefined);
    const changes = server.changes.bind(server);
    server.changes = () => silent;
    void sync.catchUp();
    await settled();
    server.changes = changes;
    server.headSeq = 5;
    await sync.catchUpAfresh();
    expect(seqs()).toEqual([1, 2, 3, 4, 5]);
  });

  it('drops an answer that comes after a newer one', async () => {
    const { server, sync, seqs } = await opened();
    let answer: (page: ChangePage) => void = () => undefined;
    const late = new Promise<ChangePage>((resolve) => (answer = resolve));
    const changes = server.changes.bind(server);
    server.changes = () => late;
    const first = sync.catchUp();
    await settled();
    server.changes = changes;
    server.headSeq = 4;
    await sync.catchUpAfresh();
    answer({ items: [], rev: 3, more: false, reset: true });
    await first;
    expect(seqs()).toEqual([1, 2, 3, 4]);
    expect(sync.cursor).toBe(4);
  });

  it('says what went wrong with the first load, tries again by itself, and recovers', async () => {
    const server = new Server();
    server.failWith = 503;
    const { clock, sync, seqs } = await opened(server);
    expect(sync.snapshot()).toMatchObject({ state: 'error', problem: { status: 503 } });
    server.failWith = undefined;
    await clock.advance(15_000);
    expect(sync.snapshot()).toMatchObject({ state: 'ready', problem: null });
    expect(seqs()).toEqual([1, 2, 3]);
  });

  it('does not ask again for a conversation that it may not see', async () => {
    const server = new Server();
    server.failWith = 404;
    const { clock, sync } = await opened(server);
    await clock.advance(60_000);
    expect(server.asked).toEqual(['latest']);
    expect(sync.snapshot().state).toBe('error');
  });

  it('keeps what it shows when catching up fails', async () => {
    const { server, sync, seqs } = await opened();
    server.failWith = 503;
    await sync.catchUp();
    expect(sync.snapshot().state).toBe('ready');
    expect(seqs()).toEqual([1, 2, 3]);
  });

  it('loads older pages until the first message', async () => {
    const server = new Server();
    server.headSeq = 7;
    server.pageSize = 3;
    const { sync, seqs } = await opened(server);
    await sync.loadOlder();
    expect(seqs()).toEqual([2, 3, 4, 5, 6, 7]);
    await sync.loadOlder();
    await sync.loadOlder();
    expect(seqs()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(server.asked).toEqual(['latest', 'before 5', 'before 2']);
  });

  it('reaches a place far up with one page, goes on in both directions from there, and rejoins the newest', async () => {
    const server = new Server();
    server.headSeq = 1_000;
    server.pageSize = 10;
    const { sync, seqs } = await opened(server);
    expect(await sync.reach(500)).toBe(true);
    const run = () => sync.snapshot().loaded.runOf(500);
    expect(run()).toEqual({ first: 495, last: 504 });
    sync.look({ first: 497, last: 502 });
    await sync.loadOlder();
    await sync.loadNewer();
    expect(run()).toEqual({ first: 485, last: 514 });
    expect(server.asked).toEqual(['latest', 'around 500', 'before 495', 'after 504']);
    sync.receive(message(1_001));
    expect(run()).toEqual({ first: 485, last: 514 });
    expect(seqs().at(-1)).toBe(1_001);

    for (let pages = 0; pages < 60; pages++) await sync.loadNewer();
    expect(run()).toEqual({ first: 485, last: 1_001 });
    expect(seqs()).toEqual(messages(485, 1_001).map(({ seq }) => seq));
  });

  it('asks for nothing that it has, and says when a place cannot be reached', async () => {
    const server = new Server();
    server.headSeq = 1_000;
    const { sync } = await opened(server);
    expect(await sync.reach(990)).toBe(true);
    expect(server.asked).toEqual(['latest']);
    server.failWith = 503;
    expect(await sync.reach(1)).toBe(false);
    await sync.loadOlder();
    expect(sync.snapshot().older).toBe('error');
  });

  it('stays where one looks when it has to start over', async () => {
    const server = new Server();
    server.headSeq = 1_000;
    const { sync, seqs } = await opened(server);
    await sync.reach(300);
    sync.look({ first: 295, last: 305 });
    server.headSeq = 5_000;
    server.reset = true;
    await sync.catchUp();
    expect(seqs().at(-1)).toBe(5_000);
    expect(sync.snapshot().loaded.runOf(300)).toEqual({ first: 270, last: 319 });
  });

  it('keeps a bounded number of messages, however far one scrolls and however many come', async () => {
    const server = new Server();
    server.headSeq = 20_000;
    server.pageSize = 100;
    const { sync } = await opened(server);
    const loaded = () => sync.snapshot().loaded.between(1, 30_000).length;
    let most = 0;
    for (let pages = 0; pages < 120; pages++) {
      await sync.loadOlder();
      const first = sync.snapshot().loaded.runOf(20_000 - 100 * (pages + 1) - 1)?.first ?? 0;
      sync.look({ first, last: first + 100 });
      most = Math.max(most, loaded());
    }
    expect(sync.snapshot().loaded.at(8_001)).toBeDefined();
    sync.look(undefined);
    for (let seq = 20_001; seq <= 25_000; seq++) sync.receive(message(seq));
    most = Math.max(most, loaded());
    expect(most).toBeLessThanOrEqual(LOADED.max + server.pageSize);
    expect(sync.snapshot().messages.at(-1)?.seq).toBe(25_000);
  });

  it('says nothing more after it was closed', async () => {
    const { server, clock, sync, snapshots } = await opened();
    const before = snapshots.length;
    server.headSeq = 5;
    sync.receive(message(5));
    sync.close();
    await clock.advance(1_000);
    await settled();
    expect(server.asked).toEqual(['latest']);
    expect(snapshots.length).toBe(before + 1);
  });
});
