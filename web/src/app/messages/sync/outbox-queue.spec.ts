import { describe, expect, it } from 'vitest';
import type { Message } from '@parlance/contracts';
import { ManualClock, settled } from '../../core/clock/testing/manual-clock';
import { Disk, Wire } from '../testing/outbox-doubles';
import { OutboxQueue } from './outbox-queue';
import type { OutboxEntry } from './outbox-entry';

async function outbox(options: { disk?: Disk; userId?: string } = {}) {
  const disk = options.disk ?? new Disk();
  const wire = new Wire();
  const clock = new ManualClock();
  const delivered: Message[] = [];
  let entries: readonly OutboxEntry[] = [];
  const queue = new OutboxQueue(disk, wire, clock, {
    entriesChanged: (changed) => (entries = changed),
    delivered: (sent) => delivered.push(sent),
  });
  await queue.start(options.userId ?? 'ada');
  let id = 0;
  const add = (body: string, conversationId = 'c1') =>
    queue.add({ conversationId, clientId: `${conversationId}-${body}-${++id}`, body });
  return { disk, wire, clock, queue, delivered, add, entries: () => entries };
}

describe('OutboxQueue', () => {
  it('stores an entry before it sends it, and removes it when it is acknowledged', async () => {
    const { disk, wire, add, delivered, entries } = await outbox();
    const adding = add('hello');
    expect(wire.attempts).toHaveLength(0);
    const entry = await adding;
    expect(disk.entries.has(entry.clientId)).toBe(true);
    expect(wire.bodies).toEqual(['hello']);
    wire.last.ack();
    await settled();
    expect(delivered.map(({ clientId }) => clientId)).toEqual([entry.clientId]);
    expect(disk.entries.size).toBe(0);
    expect(entries()).toEqual([]);
  });

  it('queues nothing when the storage refuses, so that the composer keeps the text', async () => {
    const { disk, wire, add, entries } = await outbox();
    disk.full = true;
    await expect(add('hello')).rejects.toThrow();
    expect(entries()).toEqual([]);
    disk.full = false;
    await add('again');
    expect(wire.bodies).toEqual(['again']);
  });

  it('shows what is typed at once, in the order typed, while storage lets it wait', async () => {
    const { disk, wire, queue, add, entries } = await outbox();
    await add('stored');
    const letGo = disk.hold();
    const adding = [add('one'), add('two')];
    await settled();
    expect(entries().map(({ body }) => body)).toEqual(['stored', 'one', 'two']);
    expect(wire.bodies).toEqual(['stored']);
    letGo();
    await Promise.all([...adding, queue.reload()]);
    expect(entries().map(({ body }) => body)).toEqual(['stored', 'one', 'two']);
    expect([...disk.entries.values()].map(({ body }) => body)).toEqual(['stored', 'one', 'two']);
  });

  it('neither shows nor sends for the next user what waits to be stored for the one before', async () => {
    const { disk, wire, queue, add, entries } = await outbox();
    const letGo = disk.hold();
    const adding = [add('one'), add('two')].map((added) => added.catch(() => 'refused'));
    await settled();
    const started = queue.start('ben');
    expect(entries()).toEqual([]);
    letGo();
    await Promise.all([...adding, started]);
    expect(await adding[1]).toBe('refused');
    expect(entries()).toEqual([]);
    expect(wire.bodies).toEqual([]);
  });

  it('keeps the order typed and has one in flight per conversation', async () => {
    const { wire, add } = await outbox();
    await Promise.all([add('one'), add('two'), add('three')]);
    expect(wire.bodies).toEqual(['one']);
    wire.last.ack();
    await settled();
    expect(wire.bodies).toEqual(['one', 'two']);
    wire.last.ack();
    await settled();
    expect(wire.bodies).toEqual(['one', 'two', 'three']);
  });

  it('does not let one conversation wait for another', async () => {
    const { wire, add } = await outbox();
    await add('slow', 'c1');
    await add('quick', 'c2');
    expect(wire.bodies).toEqual(['slow', 'quick']);
  });

  it('repeats with the same clientId after a failure of the moment, and nothing overtakes it', async () => {
    const { wire, clock, add } = await outbox();
    const first = await add('first');
    await add('second');
    for (const status of [0, 429, 503]) {
      wire.last.refuse(status);
      await clock.advance(15_000);
    }
    expect(wire.attempts.map(({ clientId }) => clientId)).toEqual(Array<string>(4).fill(first.clientId));
    wire.last.ack();
    await settled();
    expect(wire.bodies.at(-1)).toBe('second');
  });

  it('waits between 0.5 and 15 seconds, longer from attempt to attempt', async () => {
    const { wire, clock, add } = await outbox();
    await add('hello');
    wire.last.refuse(503);
    await clock.advance(499);
    expect(wire.attempts).toHaveLength(1);
    await clock.advance(501);
    expect(wire.attempts).toHaveLength(2);
    for (let attempt = 3; attempt < 12; attempt += 1) {
      wire.last.refuse(503);
      await clock.advance(15_000);
      expect(wire.attempts).toHaveLength(attempt);
    }
    wire.last.refuse(503);
    await clock.advance(5_000);
    expect(wire.attempts).toHaveLength(11);
  });

  it('does not wait any longer when the connection is back', async () => {
    const { wire, queue, add } = await outbox();
    await add('hello');
    wire.last.refuse(0);
    await settled();
    queue.wake();
    expect(wire.attempts).toHaveLength(2);
  });

  it('ends as failed when the server refuses, keeps the text, and goes on with the next', async () => {
    const { disk, wire, add, entries } = await outbox();
    const refused = await add('too long');
    await add('fine');
    wire.last.refuse(422);
    await settled();
    expect(entries()[0]).toMatchObject({ body: 'too long', problem: { status: 422 } });
    expect(disk.entries.get(refused.clientId)).toMatchObject({ body: 'too long', problem: { status: 422 } });
    expect(wire.bodies).toEqual(['too long', 'fine']);
  });

  it('sends a failed entry again by hand, with the same clientId, and discards it by hand', async () => {
    const { disk, wire, queue, add, entries } = await outbox();
    const entry = await add('hello');
    wire.last.refuse(403);
    await settled();
    await queue.retry(entry.clientId);
    expect(wire.attempts.map(({ clientId }) => clientId)).toEqual([entry.clientId, entry.clientId]);
    await queue.discard(entry.clientId);
    expect(entries(), 'what is in flight cannot be discarded').toHaveLength(1);
    wire.last.refuse(403);
    await settled();
    await queue.discard(entry.clientId);
    expect(entries()).toEqual([]);
    expect(disk.entries.size).toBe(0);
  });

  it('sends after a reload what was not acknowledged, in the order typed, before anything new', async () => {
    const disk = new Disk();
    const before = await outbox({ disk });
    const ids = [await before.add('one'), await before.add('two')].map(({ clientId }) => clientId);
    before.queue.stop();

    const after = await outbox({ disk });
    await after.add('three');
    for (let sent = 0; sent < 3; sent += 1) {
      after.wire.last.ack();
      await settled();
    }
    expect(after.wire.bodies).toEqual(['one', 'two', 'three']);
    expect(after.wire.attempts.slice(0, 2).map(({ clientId }) => clientId)).toEqual(ids);
  });

  it('leaves a failed entry failed over a reload', async () => {
    const disk = new Disk();
    const before = await outbox({ disk });
    await before.add('hello');
    before.wire.last.refuse(403);
    await settled();
    const after = await outbox({ disk });
    expect(after.wire.attempts).toEqual([]);
    expect(after.entries()).toMatchObject([{ body: 'hello', problem: { status: 403 } }]);
  });

  it('never sends the entries of another user', async () => {
    const disk = new Disk();
    const first = await outbox({ disk, userId: 'ada' });
    await first.add('from ada');
    await first.add('more from ada');
    await first.queue.start('ben');
    first.wire.last.ack();
    await settled();
    expect(first.wire.bodies).toEqual(['from ada']);

    const second = await outbox({ disk, userId: 'ben' });
    expect(second.wire.attempts).toEqual([]);
    expect(second.entries()).toEqual([]);
  });

  it('stops repeating when the message came by another way than its ack', async () => {
    const { disk, wire, clock, queue, add, entries } = await outbox();
    const entry = await add('hello');
    await add('next');
    await queue.settle(entry.clientId);
    wire.attempts[0]?.refuse(0);
    await clock.advance(60_000);
    expect(wire.bodies).toEqual(['hello', 'next']);
    expect(entries().map(({ body }) => body)).toEqual(['next']);
    expect(disk.entries.size).toBe(1);
  });
});
