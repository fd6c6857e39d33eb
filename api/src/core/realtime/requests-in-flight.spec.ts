import type { Ack } from '@parlance/contracts';
import { describe, expect, it } from '@jest/globals';
import { DomainError, Overloaded } from '../errors/index.js';
import { RequestsInFlight } from './requests-in-flight.js';

const answer = { ok: true } as Ack<never>;

describe('RequestsInFlight', () => {
  it('passes the answer on', () => {
    const answers: Ack<never>[] = [];
    new RequestsInFlight().track((given) => answers.push(given))(answer);
    expect(answers).toEqual([answer]);
  });

  it('lets a stop pass when nothing is asked', async () => {
    await expect(new RequestsInFlight().beforeApplicationShutdown()).resolves.toBeUndefined();
  });

  it('makes a stop wait for the last answer', async () => {
    const requests = new RequestsInFlight();
    const order: string[] = [];
    const [first, second] = [requests.track(() => order.push('first')), requests.track(() => order.push('second'))];
    const stopped = requests.beforeApplicationShutdown().then(() => order.push('stopped'));
    first(answer);
    first(answer);
    await Promise.resolve();
    second(answer);
    await stopped;
    expect(order).toEqual(['first', 'first', 'second', 'stopped']);
  });

  it('accepts no request once it is stopping', async () => {
    const requests = new RequestsInFlight();
    await requests.beforeApplicationShutdown();
    expect(() => requests.track(() => undefined)).toThrow(DomainError);
    expect(() => requests.track(() => undefined)).toThrow(expect.objectContaining({ type: Overloaded }));
  });
});
