import { describe, expect, it } from 'vitest';
import { ManualClock, settled } from '../../core/clock/testing/manual-clock';
import { Disk, Wire } from '../testing/outbox-doubles';
import { OutboxQueue } from './outbox-queue';
import type { OutboxEntry } from './outbox-entry';

/** One tab: its queue over the storage that all share. */
async function tab(disk: Disk, leading: boolean) {
  const wire = new Wire();
  let entries: readonly OutboxEntry[] = [];
  const queue = new OutboxQueue(disk, wire, new ManualClock(), {
    entriesChanged: (changed) => (entries = changed),
    delivered: () => undefined,
  });
  await queue.lead(leading);
  await queue.start('ada');
  const add = (body: string) => queue.add({ conversationId: 'c1', clientId: `id-${body}`, body });
  return { wire, queue, add, bodies: () => entries.map(({ body }) => body), entries: () => entries };
}

describe('OutboxQueue in several tabs', () => {
  it('sends what is typed in any tab once, from the one that leads', async () => {
    const disk = new Disk();
    const [leader, other] = [await tab(disk, true), await tab(disk, false)];
    await other.add('hello');
    expect(other.bodies()).toEqual(['hello']);
    await leader.queue.reload();
    await leader.queue.reload();
    await settled();
    expect([leader.wire.bodies, other.wire.bodies]).toEqual([['hello'], []]);
    leader.wire.last.ack();
    await settled();
    expect(disk.entries.size).toBe(0);
    await other.queue.reload();
    expect(other.bodies()).toEqual([]);
  });

  it('goes on with everything when the leading tab is gone', async () => {
    const disk = new Disk();
    const [leader, other] = [await tab(disk, true), await tab(disk, false)];
    await leader.add('first');
    await leader.add('second');
    await settled();
    expect(leader.wire.bodies).toEqual(['first']);
    leader.queue.stop();
    await other.queue.lead(true);
    await settled();
    expect(other.wire.bodies).toEqual(['first']);
    other.wire.last.ack();
    await settled();
    expect(other.wire.bodies).toEqual(['first', 'second']);
  });

  it('takes up what another tab retries, and lets go of what another tab discards', async () => {
    const disk = new Disk();
    const [leader, other] = [await tab(disk, true), await tab(disk, false)];
    await leader.add('again');
    await settled();
    leader.wire.last.refuse(422);
    await settled();
    await other.queue.reload();
    expect(other.entries()[0]?.problem?.status).toBe(422);
    await other.queue.retry('id-again');
    await leader.queue.reload();
    await settled();
    expect(leader.wire.bodies).toEqual(['again', 'again']);
    leader.wire.last.refuse(422);
    await settled();
    await other.queue.reload();
    await other.queue.discard('id-again');
    await leader.queue.reload();
    expect(leader.bodies()).toEqual([]);
  });

  it('does not bring back what it has just settled, while storage still has it', async () => {
    const disk = new Disk();
    const leader = await tab(disk, true);
    await leader.add('once');
    await settled();
    const kept = [...disk.entries.values()];
    leader.wire.last.ack();
    await settled();
    // Another tab's write is read before this tab's removal has reached the disk.
    for (const entry of kept) disk.entries.set(entry.clientId, entry);
    await leader.queue.reload();
    await settled();
    expect(leader.bodies()).toEqual([]);
    expect(leader.wire.bodies).toEqual(['once']);
  });

  it('sends nothing more when another tab has the lead', async () => {
    const disk = new Disk();
    const leader = await tab(disk, true);
    await leader.queue.lead(false);
    await leader.add('later');
    await settled();
    expect(leader.wire.bodies).toEqual([]);
    expect(leader.bodies()).toEqual(['later']);
  });

  it('sends what was there before what is being stored while it begins to lead', async () => {
    const disk = new Disk();
    const other = await tab(disk, false);
    await other.add('one');
    await other.add('two');
    const letGo = disk.hold();
    const added = other.add('three');
    const leads = other.queue.lead(true);
    letGo();
    await Promise.all([added, leads]);
    for (const body of ['one', 'two', 'three']) {
      await settled();
      expect(other.wire.last.body).toBe(body);
      other.wire.last.ack();
    }
  });
});
