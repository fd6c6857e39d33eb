import { ErrorHandler } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { firstValueFrom } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { LocalDatabase } from '../core/storage/local-database';
import { ProblemError } from '../core/problem/problem';
import { settled } from '../core/clock/testing/manual-clock';
import { Outbox } from './outbox';
import { OutboxRecords } from './outbox-records';
import { ada, message, problem } from './testing/fixtures';
import { setUp } from './testing/harness';

function visit(user = ada) {
  TestBed.resetTestingModule();
  const failures: unknown[] = [];
  const around = setUp(user, { provide: ErrorHandler, useValue: { handleError: failures.push.bind(failures) } });
  const outbox = TestBed.inject(Outbox);
  TestBed.tick();
  const sent = () => around.realtime.sent('message:send');
  return { ...around, outbox, sent, failures };
}

afterEach(() => TestBed.inject(LocalDatabase).wipe());

describe('Outbox', () => {
  it('keeps an unanswered message over a reload and sends it again with the same clientId', async () => {
    const first = visit();
    await first.outbox.send('c1', 'hello');
    await expect.poll(() => first.sent().length).toBe(1);
    const clientId = first.sent()[0]?.payload.clientId;
    expect(clientId).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);

    const second = visit();
    await expect
      .poll(() => second.sent().map(({ payload }) => payload))
      .toEqual([{ conversationId: 'c1', clientId, body: 'hello' }]);
    second.sent()[0]?.answer(message(1, { clientId, senderId: 'ada' }));
    await expect.poll(() => second.outbox.entries()).toEqual([]);
  });

  it('sends once what the page was left with before it was stored', async () => {
    const first = visit();
    const given = first.outbox.send('c1', 'one').then(
      () => 'stored',
      () => 'refused',
    );
    const [{ clientId } = { clientId: '' }] = first.outbox.entries();
    // The session has ended before the database has answered.
    first.signIn(null);
    expect(await given).toBe('refused');
    const second = visit();
    await expect.poll(() => second.outbox.entries()).toMatchObject([{ clientId, body: 'one' }]);
    await expect
      .poll(() => second.sent().map(({ payload }) => payload))
      .toEqual([{ conversationId: 'c1', clientId, body: 'one' }]);
    second.sent()[0]?.answer(message(1, { clientId, senderId: 'ada' }));
    await expect.poll(() => second.outbox.entries()).toEqual([]);
    expect(visit().outbox.entries()).toEqual([]);
  });

  it('does not send what somebody else has left on this device', async () => {
    const first = visit();
    await first.outbox.send('c1', 'from ada');
    const second = visit({ ...ada, id: 'eve' });
    await second.outbox.send('c1', 'from eve');
    await expect.poll(() => second.sent().map(({ payload }) => payload.body)).toEqual(['from eve']);
    expect(second.outbox.entries().map(({ body }) => body)).toEqual(['from eve']);
  });

  it('sends at once when the connection is back', async () => {
    const { realtime, outbox, sent } = visit();
    realtime.lose();
    await outbox.send('c1', 'hello');
    expect(outbox.entries()).toHaveLength(1);
    realtime.reconnect();
    await expect.poll(() => sent().length).toBe(1);
  });

  it('keeps the text of what was refused, with the reason, until it is discarded', async () => {
    const { outbox, sent } = visit();
    await outbox.send('c1', 'hello');
    await expect.poll(() => sent().length).toBe(1);
    sent()[0]?.fail(new ProblemError(problem(422, 'validation')));
    await expect.poll(() => outbox.entries()).toMatchObject([{ body: 'hello', problem: { status: 422 } }]);
    const clientId = outbox.entries()[0]?.clientId ?? '';
    await outbox.discard(clientId);
    expect(outbox.entries()).toEqual([]);
  });

  it('has nothing to complain of between a wipe and the end of the session', async () => {
    const { failures, signIn } = visit();
    await TestBed.inject(LocalDatabase).wipe();
    const told = firstValueFrom(TestBed.inject(OutboxRecords).changedElsewhere$);
    const otherTab = new BroadcastChannel('parlance-tabs');
    otherTab.postMessage({ topic: 'outbox:changed', fact: null });
    await told;
    otherTab.close();
    // The outbox has read since.
    await TestBed.inject(OutboxRecords)
      .entriesOf('ada')
      .catch(() => undefined);
    await settled();
    signIn(null);
    expect(failures).toEqual([]);
  });
});
