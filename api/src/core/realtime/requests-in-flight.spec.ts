import type { Ack } from '@parlance/contracts';
import { describe, expect, it } from '@jest/globals';
import { DomainError, Overloaded } from '../errors/index.js';
import { RequestsInFlight } from './requests-in-flight.js';

const answer = { ok: true } as Ack<never>;

describe('RequestsInFlight', () => {
  it('passes the answer on', () => {
    const answers: Ack<never>[] = [];
    new RequestsInFlight().ofSocket().track((given) => answers.push(given))(answer);
    expect(answers).toEqual([answer]);
  });

  it('lets a stop pass when nothing is asked', async () => {
    await expect(new RequestsInFlight().beforeApplicationShutdown()).resolves.toBeUndefined();
  });

  it('makes a stop wait for the last answer, and takes each once', async () => {
    const requests = new RequestsInFlight();
    const order: string[] = [];
    const [first, second] = ['first', 'second'].map((name) => requests.ofSocket().track(() => order.push(name)));
    const stopped = requests.beforeApplicationShutdown().then(() => order.push('stopped'));
    first?.(answer);
    first?.(answer);
    await Promise.resolve();
    second?.(answer);
    await stopped;
    expect(order).toEqual(['first', 'second', 'stopped']);
  });

  it('does not wait for the answers of a socket that is gone, which may never be given', async () => {
    const requests = new RequestsInFlight();
    const gone = requests.ofSocket();
    const late = gone.track(() => undefined);
    gone.track(() => undefined);
    gone.release();
    await requests.beforeApplicationShutdown();
    late(answer);
    await expect(requests.beforeApplicationShutdown()).resolves.toBeUndefined();
  });

  it('does not wait for what a socket had sent behind its goodbye, which nobody will handle', async () => {
    const requests = new RequestsInFlight();
    const gone = requests.ofSocket();
    gone.release();
    const answers: Ack<never>[] = [];
    const late = gone.track((given) => answers.push(given));
    await requests.beforeApplicationShutdown();
    late(answer);
    expect(answers).toEqual([]);
  });

  it('accepts no request once it is stopping', async () => {
    const requests = new RequestsInFlight();
    await requests.beforeApplicationShutdown();
    expect(() => requests.ofSocket().track(() => undefined)).toThrow(DomainError);
    expect(() => requests.ofSocket().track(() => undefined)).toThrow(expect.objectContaining({ type: Overloaded }));
  });
});
