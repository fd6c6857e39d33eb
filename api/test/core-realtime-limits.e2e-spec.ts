import { describe, expect, it } from '@jest/globals';
import { PROTOCOL_VERSION } from '@parlance/contracts';
import { Broadcaster } from '../src/core/realtime/index.js';
import { startTestApp, TestSocket } from './support/index.js';
import { connectNew, refusal, tokenFor } from './support/probe-people.js';
import { ProbeModule, ProbeState } from './support/probe.js';

describe('the limits of the realtime edge', () => {
  it('refuse what is too much at once, tell how long to wait, and pass again later', async () => {
    const app = await startTestApp({ SOCKET_EVENTS_PER_SECOND: '2', SOCKET_EVENTS_BURST: '5' }, ProbeModule);
    const device = await connectNew(app);
    const answers = await Promise.all(Array.from({ length: 8 }, () => device.send('probe:void')));
    expect(answers.filter((answer) => answer.ok)).toHaveLength(5);
    expect(answers.at(-1)).toMatchObject({
      ok: false,
      problem: { type: 'urn:parlance:problem:too-many-requests', status: 429, retryAfter: 1 },
    });
    device.close();
    await app.close();
  });

  it('disconnect who keeps asking far too much', async () => {
    const app = await startTestApp({ SOCKET_EVENTS_PER_SECOND: '2', SOCKET_EVENTS_BURST: '2' }, ProbeModule);
    const device = await connectNew(app);
    const closed = device.closed();
    for (let times = 0; times < 2 * 3 * 5; times += 1) device.socket.emit('probe:void');
    await closed;
    await app.close();
  });

  it('bound the sockets of a user and of an address, and give places back', async () => {
    const app = await startTestApp({ SOCKETS_PER_USER: '2', SOCKETS_PER_ADDRESS: '4' }, ProbeModule);
    const ada = { userId: 'ada' };
    const [first, second] = [await connectNew(app, ada), await connectNew(app, ada)];
    expect(await refusal(connectNew(app, ada))).toMatchObject({ status: 429, retryAfter: 10 });

    const gone = app.app.get(ProbeState).gone(first.id);
    first.close();
    await gone;
    const third = await connectNew(app, ada);

    const others = [await connectNew(app), await connectNew(app)];
    expect(await refusal(connectNew(app))).toMatchObject({ status: 429 });
    for (const socket of [second, third, ...others]) socket.close();
    await app.close();
  });

  it('count the addresses that a configured proxy names', async () => {
    const app = await startTestApp({ SOCKETS_PER_ADDRESS: '1', TRUST_PROXY_HOPS: '1' }, ProbeModule);
    const from = async (address: string) => {
      const { accessToken: token } = await tokenFor(app);
      const extraHeaders = { 'x-forwarded-for': `203.0.113.99, ${address}` };
      return TestSocket.connect(app, { token, protocol: PROTOCOL_VERSION }, { extraHeaders });
    };
    const [first, other] = [await from('192.0.2.1'), await from('192.0.2.2')];
    expect(await refusal(from('192.0.2.1'))).toMatchObject({ status: 429 });
    for (const socket of [first, other]) socket.close();
    await app.close();
  });

  it('disconnect a device that does not read, and not those that do', async () => {
    const app = await startTestApp({}, ProbeModule);
    const [idle, reader] = [await connectNew(app, { userId: 'idle' }), await connectNew(app, { userId: 'reader' })];
    const gone = app.app.get(ProbeState).gone(idle.id);
    const engine = idle.socket.io.engine as unknown as { transport: { ws: { pause(): void } } };
    engine.transport.ws.pause();

    const long = 'x'.repeat(50_000);
    for (let times = 0; times < 400; times += 1) {
      app.app.get(Broadcaster).toUsers(['idle'], 'conversation:removed', { id: long });
    }
    app.app.get(Broadcaster).toUsers(['reader'], 'conversation:removed', { id: 'short' });
    await gone;
    expect(await reader.next('conversation:removed')).toEqual({ id: 'short' });
    expect(await reader.send('probe:void')).toEqual({ ok: true });
    reader.close();
    idle.close();
    await app.close();
  });
});

describe('a stop', () => {
  it('answers what was asked before it, refuses what is asked after it, and closes', async () => {
    const app = await startTestApp({}, ProbeModule);
    const state = app.app.get(ProbeState);
    const device = await connectNew(app);
    const pending = device.send('probe:slow');
    await state.reached.opened;

    const stopped = app.close();
    const late = await device.send('probe:void');
    expect(late).toMatchObject({ ok: false, problem: { status: 503, retryAfter: 1 } });
    state.released.open();
    expect(await pending).toEqual({ ok: true, data: 'done' });
    await device.closed();
    await stopped;
  });
});
