import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Ack,
  type ChangePage,
  type MessagePage,
  type Page,
  PAGE,
  type Problem,
  type User,
} from '@parlance/contracts';
import {
  connect,
  conversationOf,
  type Person,
  registerPerson,
  startTestApp,
  type TestApp,
  type TestSocket,
} from './support/index.js';

const NOBODY = 'f'.repeat(24);

/** Every request of the contract that carries a message, a marker or presence. */
const EVENTS = [
  'message:send',
  'message:edit',
  'message:delete',
  'conversation:read',
  'conversation:delivered',
  'typing',
  'presence:watch',
  'presence:set',
] as const;

/** What chats of this kind have got wrong, one by one. That a message shows only in its own chat, and that a text survives
 * a failed send, is the client's part: `e2e/first-light.spec.ts`, `e2e/screens.spec.ts`. */
describe('what must be impossible', () => {
  let app: TestApp;
  let ada: Person;
  let ben: Person;
  let mallory: Person;
  let conversationId: string;
  let adas: TestSocket;
  let mallorys: TestSocket;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());

  beforeEach(async () => {
    [ada, ben, mallory] = await Promise.all([registerPerson(app), registerPerson(app), registerPerson(app)]);
    conversationId = (await conversationOf(ada, ben)).id;
    [adas, mallorys] = await Promise.all([connect(app, ada), connect(app, mallory)]);
  });
  afterEach(() => {
    adas.close();
    mallorys.close();
  });

  const message = (fields: Record<string, unknown> = {}) => ({
    conversationId,
    clientId: randomUUID(),
    body: 'hello',
    ...fields,
  });
  const history = async (of: Person) =>
    (await of.api<MessagePage>('GET', `/api/conversations/${conversationId}/messages`)).body.items;
  const problem = (ack: Ack<unknown>) => {
    if (ack.ok) throw new Error('The request was accepted.');
    return ack.problem;
  };

  describe('claiming to be somebody else', () => {
    it.each(['senderId', 'userId', 'from', 'id', 'seq', 'rev', 'createdAt', 'kind', 'ext'])(
      'a message with %s is refused',
      async (field) => {
        const refusal = problem(await adas.send('message:send', message({ [field]: ben.user.id })));

        expect(refusal).toMatchObject({ status: 400, errors: [{ path: field, rule: 'not-allowed' }] });
        expect(await history(ada)).toEqual([]);
      },
    );

    it('a clientId of somebody else neither shows nor takes their message', async () => {
      const clientId = randomUUID();
      await adas.ok('message:send', { conversationId, clientId, body: 'mine' });
      const other = await conversationOf(mallory, ben);
      const sent = await mallorys.ok('message:send', { conversationId: other.id, clientId, body: 'not yours' });

      expect(sent).toMatchObject({ senderId: mallory.user.id, body: 'not yours', conversationId: other.id });
    });
  });

  describe('ending the process by what a socket sends', () => {
    const junk: [string, unknown[]][] = [
      ['no argument', []],
      ['null', [null]],
      ['a text', ['hello']],
      ['a number', [42]],
      ['a list', [[1, 2, 3]]],
      ['an empty object', [{}]],
      ['two arguments', [{}, {}]],
      ['binary data', [Buffer.from('hello')]],
      ['something deep', [JSON.parse(`${'{"a":'.repeat(50)}1${'}'.repeat(50)}`)]],
      ['a prototype', [JSON.parse('{"__proto__": {"body": "x"}, "constructor": {"prototype": {}}}')]],
    ];

    it.each(junk)('%s is a problem in the ack, for every event', async (_, args) => {
      for (const event of EVENTS) {
        expect(problem(await mallorys.send(event, ...args))).toMatchObject({
          type: expect.stringMatching(/^urn:parlance:problem:/),
          status: 400,
        });
      }
    });

    it.each(junk)('%s without an ack leaves the server as it was', async (_, args) => {
      for (const event of EVENTS) mallorys.socket.emit(event, ...args);

      expect(await adas.ok('message:send', message())).toMatchObject({ seq: 1 });
    });

    it('a message without an ack is still delivered', async () => {
      adas.socket.emit('message:send', message({ body: 'fire and forget' }));

      expect(await adas.next('message:created')).toMatchObject({ body: 'fire and forget' });
    });

    it('an event that nobody knows is answered', async () => {
      expect(problem(await mallorys.send('message:steal', {}))).toMatchObject({ status: 404 });
    });
  });

  describe('getting at a conversation one is not in', () => {
    const requests: [string, (id: string) => unknown][] = [
      ['message:send', (id) => message({ conversationId: id })],
      ['conversation:read', (id) => ({ conversationId: id, seq: 1 })],
      ['conversation:delivered', (id) => ({ conversationId: id, seq: 1 })],
      ['typing', (id) => ({ conversationId: id, active: true })],
    ];

    it.each(requests)('%s answers as if it did not exist', async (event, payload) => {
      await adas.ok('message:send', message());
      const foreign = problem(await mallorys.send(event, payload(conversationId)));
      const absent = problem(await mallorys.send(event, payload(NOBODY)));

      expect(foreign).toMatchObject({ type: 'urn:parlance:problem:not-found', status: 404 });
      expect(foreign).toEqual(absent);
      expect(await history(ada)).toHaveLength(1);
      expect(adas.seen('typing')).toEqual([]);
      expect(adas.seen('conversation:marker')).toEqual([]);
    });

    it('a reply reveals nothing of a message elsewhere', async () => {
      const hidden = await adas.ok('message:send', message());
      const own = await conversationOf(mallory, ben);
      const replyTo = (id: string) => mallorys.send('message:send', message({ conversationId: own.id, replyTo: id }));

      expect(problem(await replyTo(hidden.id))).toEqual(problem(await replyTo(NOBODY)));
    });
  });

  describe('putting operators where texts are meant', () => {
    const operators = [{ $ne: null }, { $gt: '' }, { $regex: '.*' }, { $where: 'true' }, ['a']];
    const fields = ['conversationId', 'clientId', 'body', 'replyTo'];

    it.each(fields.flatMap((field) => operators.map((operator) => [field, operator] as const)))(
      '%s as %j is refused and not repeated',
      async (field, operator) => {
        const refusal = problem(await adas.send('message:send', message({ [field]: operator })));

        expect(refusal).toMatchObject({ status: 400, errors: [{ path: field }] });
        expect(JSON.stringify(refusal)).not.toContain('$');
        expect(await history(ada)).toEqual([]);
      },
    );
  });

  describe('learning what is nobody’s business', () => {
    it('no e-mail, no hash and no session is in anything that members get', async () => {
      await adas.ok('message:send', message());
      const bens = await connect(app, ben);
      const { id } = await conversationOf(ben, mallory);
      await bens.ok('conversation:read', { conversationId, seq: 1 });
      const facts = [
        await adas.next('message:created'),
        await adas.next('conversation:marker'),
        await mallorys.next('conversation:created', (fact) => fact.id === id),
        (await ada.api('GET', '/api/conversations')).body,
        (await ada.api('GET', `/api/conversations/${conversationId}`)).body,
        await history(ben),
      ];
      bens.close();

      const text = JSON.stringify(facts);
      for (const person of [ada, ben, mallory]) expect(text).not.toContain(person.user.email);
      expect(text).not.toMatch(/e-?mail|password|hash|session|directKey|v1\$/i);
    });

    it('a refusal does not repeat what was sent', async () => {
      const refusal = problem(await adas.send('message:send', message({ body: 'sesame\0', clientId: 'open-sesame' })));

      expect(JSON.stringify(refusal)).not.toContain('sesame');
    });
  });

  describe('a second tab that steals delivery', () => {
    it('both tabs get everything, and the one that is left goes on getting it', async () => {
      const [first, second] = [await connect(app, ben), await connect(app, ben)];
      await adas.ok('message:send', message({ body: 'to both' }));
      expect((await first.next('message:created')).body).toBe('to both');
      expect((await second.next('message:created')).body).toBe('to both');

      second.close();
      await adas.ok('message:send', message({ body: 'to the first' }));
      expect((await first.next('message:created')).body).toBe('to the first');
      first.close();
    });
  });

  describe('losing live delivery after a reconnect without a word', () => {
    it('a device that is back gets what is new, and can ask for what it missed', async () => {
      const device = await connect(app, ben);
      device.socket.disconnect();
      await adas.ok('message:send', message({ body: 'missed' }));
      const back = new Promise<void>((resolve) => device.socket.once('connect', resolve));
      device.socket.connect();
      await back;
      await adas.ok('message:send', message({ body: 'live again' }));

      expect((await device.next('message:created')).body).toBe('live again');
      const changes = await ben.api<ChangePage>('GET', `/api/conversations/${conversationId}/changes?after=0`);
      expect(changes.body.items.map(({ body }) => body)).toEqual(['missed', 'live again']);
      device.close();
    });
  });

  describe('sending a whole history at once', () => {
    it('a page has at most a hundred messages, whatever is asked for', async () => {
      for (let round = 0; round < 11; round += 1) {
        await Promise.all(Array.from({ length: 10 }, () => adas.ok('message:send', message())));
      }

      expect(await history(ben)).toHaveLength(PAGE.messages.default);
      const most = `/api/conversations/${conversationId}/messages?limit=${PAGE.messages.max}`;
      expect((await ben.api<MessagePage>('GET', most)).body.items).toHaveLength(PAGE.messages.max);
      for (const limit of [101, 1_000_000, -1, 0, 'all']) {
        const refused = await ben.api<Problem>('GET', `/api/conversations/${conversationId}/messages?limit=${limit}`);
        expect(refused).toMatchObject({ status: 400, body: { errors: [{ path: 'limit' }] } });
      }
    });
  });

  describe('somebody new whom nobody sees', () => {
    it('is in the directory at once, and a conversation that they begin is told to the other live', async () => {
      const newcomer = await registerPerson(app);
      const found = await ada.api<Page<User>>('GET', `/api/users?query=${newcomer.user.username}`);
      expect(found.body.items.map(({ id }) => id)).toEqual([newcomer.user.id]);

      const { id } = await conversationOf(newcomer, ada);
      expect((await adas.next('conversation:created')).id).toBe(id);
    });
  });
});
