import { TestBed } from '@angular/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import type { Message } from '@parlance/contracts';
import { LocalDatabase } from '../core/storage/local-database';
import { BubbleList } from '../messages/sync/bubbles';
import { message, snapshotOf } from '../messages/testing/fixtures';
import { setUp } from '../messages/testing/harness';
import { DeleteMessage } from './delete-message';

const MINE = message(1, { senderId: 'ada', body: 'what I said' });
const DELETED = message(1, { ...MINE, rev: 2, body: '', deletedAt: '2026-03-02T12:00:00.000Z' });

// jsdom has the element, and not what opens it.
HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
  this.open = true;
};

async function asked() {
  const { realtime } = setUp();
  const fixture = TestBed.createComponent(DeleteMessage);
  const told: string[] = [];
  fixture.componentInstance.closed.subscribe(() => told.push('closed'));
  fixture.componentInstance.gone.subscribe(() => told.push('gone'));
  const is = async (now: Message) => {
    fixture.componentRef.setInput('bubble', new BubbleList(snapshotOf([now]), [], 'ada').newest()[0]);
    await fixture.whenStable();
  };
  await is(MINE);
  const element = fixture.nativeElement as HTMLElement;
  const remove = async () => {
    element.querySelector<HTMLElement>('.danger')?.click();
    await fixture.whenStable();
  };
  return { realtime, told, is, remove, element, settled: () => fixture.whenStable() };
}

afterEach(() => TestBed.inject(LocalDatabase).wipe());

describe('DeleteMessage', () => {
  it('shows the text as it is by now, and what went wrong with deleting it', async () => {
    const { realtime, is, remove, element, settled } = await asked();
    expect(element.textContent).toContain('what I said');
    realtime.lose();
    await remove();
    await settled();
    await is({ ...MINE, rev: 2, body: 'what I meant' });
    expect(element.textContent).toContain('what I meant');
    expect(element.textContent).not.toContain('what I said');
    expect(element.querySelector('[role=alert]')).not.toBeNull();
  });

  it('has nothing to ask any more when another device deletes the message', async () => {
    const { is, told, element } = await asked();
    await is(DELETED);
    expect(told).toEqual(['gone']);
    expect(element.textContent).not.toContain('what I said');
  });

  it('tells nothing of a deletion elsewhere when the message goes because one has said so here', async () => {
    const { realtime, is, remove, told } = await asked();
    await remove();
    await is(DELETED);
    expect(told).toEqual([]);
    realtime.sent('message:delete')[0]?.answer(DELETED);
    await expect.poll(() => told).toEqual(['closed']);
  });
});
