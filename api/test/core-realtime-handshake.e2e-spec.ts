import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PROTOCOL_VERSION } from '@parlance/contracts';
import { SessionDirectory } from '../src/core/identity/index.js';
import { Broadcaster } from '../src/core/realtime/index.js';
import { startTestApp, type TestApp, TestSocket } from './support/index.js';
import { connectNew, refusal, tokenFor } from './support/probe-people.js';
import { ProbeModule, type ProbeSessions } from './support/probe.js';
import { rawConnection } from './support/raw-connection.js';

describe('who may be on the socket, and for how long', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp({ SOCKET_CONNECT_SECONDS: '1' }, ProbeModule);
  });
  afterAll(() => app.close());

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
      expect(await socket.next('session:expiring')).toEqual({ at: expect.any(String) });
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
});
