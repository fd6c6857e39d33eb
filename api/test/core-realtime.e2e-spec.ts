import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PROTOCOL_VERSION } from '@parlance/contracts';
import { Manager } from 'socket.io-client';
import { SessionDirectory } from '../src/core/identity/index.js';
import { Broadcaster } from '../src/core/realtime/index.js';
import { connect, startTestApp, type TestApp, TestSocket } from './support/index.js';
import { connectNew, refusal, tokenFor } from './support/probe-people.js';
import { ProbeModule, type ProbeSessions } from './support/probe.js';

const anyText = expect.any(String) as unknown;

/** An Engine.IO connection that has not said CONNECT yet, and can say what it likes. */
async function rawConnection(app: TestApp) {
  const manager = new Manager(app.url, { transports: ['websocket'], reconnection: false, autoConnect: false });
  await new Promise<void>((resolve, reject) => manager.open((error) => (error ? reject(error) : resolve())));
  const { transport } = manager.engine as unknown as { transport: { ws: { send(frame: string): void } } };
  const say = (frame: string) => transport.ws.send(frame);
  const closed = once(manager as unknown as NodeJS.EventEmitter, 'close').then(([reason]) => reason as string);
  return { manager, closed, say };
}

describe('the realtime edge', () => {
  let app: TestApp;
  let device: TestSocket;

  beforeAll(async () => {
    app = await startTestApp({ SOCKET_CONNECT_SECONDS: '1' }, ProbeModule);
    // Some faults below are provoked: what is logged about them is of no interest.
    app.app.useLogger(false);
    device = await connectNew(app);
  });
  afterAll(async () => {
    device.close();
    await app.close();
  });

  const stillServes = async () => {
    const probe = await connectNew(app);
    expect(await probe.send('probe:echo', { text: 'alive' })).toEqual({ ok: true, data: { text: 'alive' } });
    probe.close();
  };

  describe('a handshake', () => {
    const attempt = (auth: Record<string, unknown>, options = {}) => refusal(TestSocket.connect(app, auth, options));

    it.each([
      ['no token', {}],
      ['null for a token', { token: null }],
      ['an operator for a token', { token: { $ne: null } }],
      ['a token of somebody else’s making', { token: 'eyJhbGciOiJub25lIn0.e30.' }],
    ])('with %s is refused as unauthenticated', async (_, auth) => {
      expect(await attempt({ protocol: PROTOCOL_VERSION, ...auth })).toMatchObject({
        status: 401,
        type: 'urn:parlance:problem:unauthenticated',
      });
    });

    it.each([undefined, 0, 2, '1', null])('with protocol %p is refused, and told to upgrade', async (protocol) => {
      const { accessToken: token } = await tokenFor(app);
      expect(await attempt({ token, protocol })).toMatchObject({ type: 'urn:parlance:problem:upgrade-required' });
    });

    it('does not look for the token in the address or in headers', async () => {
      const { accessToken } = await tokenFor(app);
      const problem = await attempt(
        { protocol: PROTOCOL_VERSION },
        {
          query: { token: accessToken },
          extraHeaders: { authorization: `Bearer ${accessToken}`, cookie: `token=${accessToken}` },
        },
      );
      expect(problem).toMatchObject({ status: 401 });
    });

    it('with a token of a session that has ended is refused', async () => {
      const { accessToken: token } = await tokenFor(app, { sessionId: 'ended-before' });
      app.app.get<ProbeSessions>(SessionDirectory).ended.add('ended-before');
      expect(await attempt({ token, protocol: PROTOCOL_VERSION })).toMatchObject({ status: 401 });
    });

    it.each(['http://evil.example', 'null', 'http://localhost:1'])(
      'from the origin %s is not even heard',
      async (origin) => {
        const { accessToken: token } = await tokenFor(app);
        expect(await attempt({ token, protocol: PROTOCOL_VERSION }, { extraHeaders: { origin } })).toBeUndefined();
      },
    );

    it('from our own origin is welcome', async () => {
      const { accessToken: token } = await tokenFor(app);
      const own = await TestSocket.connect(
        app,
        { token, protocol: PROTOCOL_VERSION },
        { extraHeaders: { origin: app.url } },
      );
      expect(own.socket.connected).toBe(true);
      own.close();
    });

    it('for another namespace is refused', async () => {
      const { manager } = await rawConnection(app);
      const { accessToken: token } = await tokenFor(app);
      const socket = manager.socket('/admin', { auth: { token, protocol: PROTOCOL_VERSION } });
      const refused = once(socket as unknown as NodeJS.EventEmitter, 'connect_error');
      socket.connect();
      await expect(refused).resolves.toHaveLength(1);
      manager._close();
    });

    it('leaves neither its token nor what the browser said of itself', async () => {
      const { accessToken: token } = await tokenFor(app);
      const own = await TestSocket.connect(
        app,
        { token, protocol: PROTOCOL_VERSION },
        { extraHeaders: { 'user-agent': 'Sample Browser 1.0' } },
      );
      const kept = JSON.stringify(await own.send('probe:kept'));
      expect(kept).toContain('handshake');
      expect(kept).not.toContain(token);
      expect(kept).not.toContain('Sample Browser');
      own.close();
    });

    it('by any transport but WebSocket is refused', async () => {
      expect((await app.http('GET', '/socket.io/?EIO=4&transport=polling')).status).toBe(400);
    });

    it('that never comes ends the connection', async () => {
      const { closed } = await rawConnection(app);
      await expect(closed).resolves.toEqual(expect.any(String));
    });
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

  describe('a frame', () => {
    it.each([
      ['that is no packet', '4garbage'],
      ['of a type that does not exist', '49'],
      ['that is not JSON', '42["probe:echo",'],
      ['that is no list', '42{"probe:echo":1}'],
      ['with no name', '42[]'],
      ['with null for a name', '42[null,{}]'],
      ['with an object for a name', '42[{"$ne":1},{}]'],
      ['with a name that Socket.IO keeps for itself', '42["disconnect",{}]'],
      ['with an ack that nobody asked for', '43999[{}]'],
      ['that promises bytes which never come', '451-["probe:echo",{"_placeholder":true,"num":0}]'],
      ['that promises a million attachments', '451000000-["probe:echo",{"_placeholder":true,"num":0}]'],
      ['that points at an attachment which is not there', '451-["probe:echo",{"_placeholder":true,"num":7}]'],
      ['of thousands of levels', `42["probe:echo",{"text":"a","extra":${'['.repeat(30_000)}${']'.repeat(30_000)}}]`],
      ['of the transport that closes', '1'],
      ['of the transport, out of turn', '0{}'],
      ['of no kind of transport', 'z'],
      ['of 200,000 characters', `42["probe:echo",{"text":"${'x'.repeat(200_000)}"}]`],
    ])('%s harms nobody else', async (_, frame) => {
      const { manager, say } = await rawConnection(app);
      const { accessToken: token } = await tokenFor(app);
      const socket = manager.socket('/', { auth: { token, protocol: PROTOCOL_VERSION } });
      const connected = once(socket as unknown as NodeJS.EventEmitter, 'connect');
      socket.connect();
      await connected;
      say(frame);
      await stillServes();
      manager._close();
    });

    it('of an event before CONNECT ends the connection', async () => {
      const { say, closed } = await rawConnection(app);
      say('42["probe:echo",{"text":"hello"}]');
      await expect(closed).resolves.toEqual(expect.any(String));
      await stillServes();
    });

    it('with a number for a name is answered like any unknown one', async () => {
      const { manager, say } = await rawConnection(app);
      const { accessToken: token } = await tokenFor(app);
      const socket = manager.socket('/', { auth: { token, protocol: PROTOCOL_VERSION } });
      const connected = once(socket as unknown as NodeJS.EventEmitter, 'connect');
      socket.connect();
      await connected;
      const packet = once(manager as unknown as NodeJS.EventEmitter, 'packet');
      say('427[7,{}]');
      expect(await packet).toMatchObject([{ id: 7, data: [{ ok: false, problem: { status: 404 } }] }]);
      manager._close();
    });

    it('that is too large ends its connection', async () => {
      const socket = await connectNew(app);
      socket.socket.emit('probe:echo', { text: 'x'.repeat(70_000) });
      await socket.closed();
      await stillServes();
    });
  });

  describe('a session', () => {
    it('that is ended closes its sockets, tells them why, and leaves others alone', async () => {
      const [one, two, other] = await Promise.all([
        connectNew(app, { userId: 'ada', sessionId: 'ada-phone' }),
        connectNew(app, { userId: 'ada', sessionId: 'ada-phone' }),
        connectNew(app, { userId: 'ada', sessionId: 'ada-desk' }),
      ]);
      app.app.get(Broadcaster).endSession('ada-phone', 'signed-out');
      expect(await one.next('session:ended')).toEqual({ reason: 'signed-out' });
      expect(await two.next('session:ended')).toEqual({ reason: 'signed-out' });
      await Promise.all([one.closed(), two.closed()]);
      expect(await other.send('probe:echo', { text: 'here' })).toMatchObject({ ok: true });
      other.close();
    });

    it('hears that its token is about to end, and ends with it', async () => {
      const socket = await connectNew(app, { endsIn: -4 });
      expect(await socket.next('session:expiring')).toEqual({ at: anyText });
      expect(await socket.next('session:ended')).toEqual({ reason: 'expired' });
      await socket.closed();
    });

    it('goes on with a fresh token of its own, and of no other', async () => {
      const who = { userId: 'eve', sessionId: 'eve-phone' };
      const [renewed, forgetful] = [
        await connectNew(app, { ...who, endsIn: -3 }),
        await connectNew(app, { endsIn: -3 }),
      ];
      for (const foreign of [
        await tokenFor(app, { ...who, sessionId: 'eve-desk' }),
        await tokenFor(app, { ...who, userId: 'mallory' }),
      ]) {
        const answer = await renewed.send('probe:renew', { text: foreign.accessToken });
        expect(answer).toMatchObject({ ok: false, problem: { status: 403 } });
      }
      const fresh = await tokenFor(app, who);
      expect(await renewed.send('probe:renew', { text: fresh.accessToken })).toEqual({ ok: true });
      await forgetful.closed();
      expect(await renewed.send('probe:echo', { text: 'here' })).toMatchObject({ ok: true });
      renewed.close();
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
