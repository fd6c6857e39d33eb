import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PROTOCOL_VERSION } from '@parlance/contracts';
import { startTestApp, type TestApp } from './support/index.js';
import { connectNew, tokenFor } from './support/probe-people.js';
import { ProbeModule } from './support/probe.js';
import { rawConnection } from './support/raw-connection.js';

describe('what clients can put on the wire', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp({}, ProbeModule);
    // Some faults below are provoked: what is logged about them is of no interest.
    app.app.useLogger(false);
  });
  afterAll(() => app.close());

  const stillServes = async () => {
    const probe = await connectNew(app);
    expect(await probe.send('probe:echo', { text: 'alive' })).toEqual({ ok: true, data: { text: 'alive' } });
    probe.close();
  };

  /** Somebody's connection on which frames can be put as they are. */
  const connected = async () => {
    const { manager, say } = await rawConnection(app);
    const { accessToken: token } = await tokenFor(app);
    const socket = manager.socket('/', { auth: { token, protocol: PROTOCOL_VERSION } });
    const stands = once(socket as unknown as NodeJS.EventEmitter, 'connect');
    socket.connect();
    await stands;
    return { manager, say };
  };

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
      const { manager, say } = await connected();
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
      const { manager, say } = await connected();
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
});
