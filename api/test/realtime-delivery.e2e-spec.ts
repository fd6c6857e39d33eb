import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ChangePage } from '@parlance/contracts';
import {
  connect,
  conversationOf,
  type Person,
  registerPerson,
  startTestApp,
  type TestApp,
  type TestSocket,
} from './support/index.js';

describe('live delivery', () => {
  let app: TestApp;
  let ada: Person;
  let ben: Person;
  let conversationId: string;
  let devices: TestSocket[];

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());

  beforeEach(async () => {
    devices = [];
    [ada, ben] = await Promise.all([registerPerson(app), registerPerson(app)]);
    conversationId = (await conversationOf(ada, ben)).id;
  });
  afterEach(() => {
    for (const device of devices) device.close();
  });

  const device = async (person: Person) => {
    const socket = await connect(app, person);
    devices.push(socket);
    return socket;
  };
  const send = (from: TestSocket, body: string) =>
    from.ok('message:send', { conversationId, clientId: randomUUID(), body });

  it('goes to every tab: a second one takes nothing from the first', async () => {
    const [adas, firstTab, secondTab] = [await device(ada), await device(ben), await device(ben)];
    await send(adas, 'to both');
    expect(await firstTab.next('message:created')).toMatchObject({ body: 'to both' });
    expect(await secondTab.next('message:created')).toMatchObject({ body: 'to both' });

    secondTab.close();
    await send(adas, 'to the one that is left');
    expect(await firstTab.next('message:created')).toMatchObject({ body: 'to the one that is left' });
  });

  it('works again after a reconnect, and the changes hold what was missed', async () => {
    const [adas, bens] = [await device(ada), await device(ben)];
    await send(adas, 'before');
    const { rev: cursor } = await bens.next('message:created');

    bens.socket.disconnect();
    await send(adas, 'missed 1');
    await send(adas, 'missed 2');
    const back = new Promise<void>((resolve) => bens.socket.once('connect', () => resolve()));
    bens.socket.connect();
    await back;

    const { body } = await ben.api<ChangePage>('GET', `/api/conversations/${conversationId}/changes?after=${cursor}`);
    expect(body.items.map((item) => item.body)).toEqual(['missed 1', 'missed 2']);
    expect(body).toMatchObject({ rev: 3, more: false });

    await send(adas, 'after');
    expect(await bens.next('message:created')).toMatchObject({ body: 'after', rev: body.rev + 1 });
    expect(bens.seen('message:created')).toEqual([]);
  });

  it('tells each device which conversation a message belongs to', async () => {
    const cleo = await registerPerson(app);
    const [adas, bens, cleos] = [await device(ada), await device(ben), await device(cleo)];
    const other = await conversationOf(ada, cleo);
    await Promise.all([
      send(bens, 'from Ben'),
      cleos.ok('message:send', { conversationId: other.id, clientId: randomUUID(), body: 'from Cleo' }),
    ]);

    const received = [await adas.next('message:created'), await adas.next('message:created')];
    expect(received.map((message) => [message.body, message.conversationId]).sort()).toEqual([
      ['from Ben', conversationId],
      ['from Cleo', other.id],
    ]);
  });

  it('reaches a conversation that began while both were connected', async () => {
    const cleo = await registerPerson(app);
    const [bens, cleos] = [await device(ben), await device(cleo)];
    const { id } = await conversationOf(ben, cleo);
    expect(await cleos.next('conversation:created')).toMatchObject({
      id,
      members: expect.arrayContaining([
        expect.objectContaining({ user: expect.objectContaining({ id: ben.user.id }) }),
      ]),
    });

    await bens.ok('message:send', { conversationId: id, clientId: randomUUID(), body: 'welcome' });
    expect(await cleos.next('message:created')).toMatchObject({ conversationId: id, body: 'welcome', seq: 1 });
  });
});
