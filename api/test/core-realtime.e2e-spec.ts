import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SessionDirectory } from '../src/core/identity/index.js';
import { Broadcaster } from '../src/core/realtime/index.js';
import { connect, startTestApp, type TestApp, type TestSocket } from './support/index.js';
import { connectNew, tokenFor } from './support/probe-people.js';
import { ProbeModule, type ProbeSessions } from './support/probe.js';

const anyText = expect.any(String) as unknown;

describe('what is asked and told over the socket', () => {
  let app: TestApp;
  let device: TestSocket;

  beforeAll(async () => {
    app = await startTestApp({}, ProbeModule);
    // Some faults below are provoked: what is logged about them is of no interest.
    app.app.useLogger(false);
    device = await connectNew(app);
  });
  afterAll(async () => {
    device.close();
    await app.close();
  });

  describe('a request', () => {
    it('is answered in its ack', async () => {
      expect(await device.send('probe:echo', { text: 'hello' })).toEqual({ ok: true, data: { text: 'hello' } });
    });

    it('without a result is acknowledged without data', async () => {
      expect(await device.send('probe:void')).toEqual({ ok: true });
    });

    it('knows who asks', async () => {
      const { accessToken, userId } = await tokenFor(app);
      const socket = await connect(app, { accessToken });
      expect(await socket.send('probe:whoami', {})).toEqual({ ok: true, data: { userId, socketId: socket.id } });
      socket.close();
    });

    it('that a service refuses is answered with its problem', async () => {
      expect(await device.send('probe:refuse')).toEqual({
        ok: false,
        problem: {
          type: 'urn:parlance:problem:out-of-tea',
          title: 'There is no tea left.',
          status: 409,
          detail: 'Ask again tomorrow.',
        },
      });
    });

    it.each(['probe:break', 'probe:break-oddly'])('that fails (%s) says nothing but a trace id', async (event) => {
      const answer = await device.send(event);
      expect(answer).toMatchObject({ ok: false, problem: { status: 500, traceId: anyText } });
      expect(JSON.stringify(answer)).not.toContain('secret');
    });

    it('is open only to the role that it declares', async () => {
      const admin = await connectNew(app, { admin: true });
      expect(await device.send('probe:admin')).toMatchObject({ ok: false, problem: { status: 403 } });
      expect(await admin.send('probe:admin')).toEqual({ ok: true, data: 'for administrators' });
      admin.close();
    });

    it.each(['probe:unknown', '', 'error', '__proto__', 'constructor', 'message'])(
      'named %p is not known',
      async (event) => {
        expect(await device.send(event, {})).toMatchObject({
          ok: false,
          problem: { status: 404, type: 'urn:parlance:problem:unknown-event' },
        });
      },
    );

    it.each<[string, unknown[]]>([
      ['no argument', []],
      ['null', [null]],
      ['a text', ['text']],
      ['a number', [7]],
      ['a list', [[{ text: 'hello' }]]],
      ['an empty object', [{}]],
      ['an operator for a text', [{ text: { $ne: '' } }]],
      ['a field too many', [{ text: 'hello', role: 'admin' }]],
      ['two objects', [{ text: 'hello' }, { text: 'hello' }]],
      ['twenty arguments', Array.from({ length: 20 }, () => ({ text: 'hello' }))],
      ['bytes', [Buffer.from('{"text":"hello"}')]],
      ['bytes in a field', [{ text: Buffer.from('hello') }]],
      ['half a character', [{ text: '\ud800' }]],
      ['ten levels of lists', [{ text: 'hello', extra: [[[[[[[[[[]]]]]]]]]] }]],
    ])('with %s is refused and harms nobody', async (_, args) => {
      const answer = await device.send('probe:echo', ...args);
      expect(answer).toMatchObject({
        ok: false,
        problem: { status: 400, type: 'urn:parlance:problem:validation-failed' },
      });
      expect(JSON.stringify(answer)).not.toContain('hello');
      expect(await device.send('probe:echo', { text: 'fine' })).toMatchObject({ ok: true });
    });

    it.each<[string, unknown[]]>([
      ['that succeeds', ['probe:echo', { text: 'hello' }]],
      ['that is refused', ['probe:echo', null]],
      ['that fails', ['probe:break']],
      ['that nobody knows', ['probe:unknown']],
    ])('%s may come without an ack', async (_, [event, ...args]) => {
      device.socket.emit(event as string, ...args);
      expect(await device.send('probe:echo', { text: 'fine' })).toMatchObject({ ok: true });
      expect(device.socket.connected).toBe(true);
    });

    it('is refused as soon as its session has ended', async () => {
      const socket = await connectNew(app, { sessionId: 'ends-midway' });
      app.app.get<ProbeSessions>(SessionDirectory).ended.add('ends-midway');
      expect(await socket.send('probe:echo', { text: 'hello' })).toMatchObject({ ok: false, problem: { status: 401 } });
      socket.close();
    });
  });

  describe('a fact', () => {
    it('reaches every device of those it is meant for, and nobody else', async () => {
      const [phone, desk, other] = await Promise.all([
        connectNew(app, { userId: 'grace' }),
        connectNew(app, { userId: 'grace' }),
        connectNew(app),
      ]);
      const broadcaster = app.app.get(Broadcaster);
      broadcaster.toUsers([], 'heads', { nobody: 1 });
      broadcaster.toSockets([], 'heads', { nobody: 1 });
      broadcaster.toUsers(['grace'], 'heads', { grace: 2 });
      expect(await phone.next('heads')).toEqual({ grace: 2 });
      expect(await desk.next('heads')).toEqual({ grace: 2 });
      await other.send('probe:void');
      expect(other.seen('heads')).toEqual([]);
      for (const socket of [phone, desk, other]) socket.close();
    });
  });
});
