import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChangePage, type Message, type MessagePage, PAGE, type Problem } from '@parlance/contracts';
import { connect, conversationOf, type Person, registerPerson, startTestApp, type TestApp } from './support/index.js';

describe('messages over HTTP', () => {
  let app: TestApp;
  let ada: Person;
  let ben: Person;
  let id: string;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());

  beforeEach(async () => {
    [ada, ben] = await Promise.all([registerPerson(app), registerPerson(app)]);
    id = (await conversationOf(ada, ben)).id;
  });

  const post = (one: Person, message: Record<string, unknown>, to = id) =>
    one.api<Message & Problem>('POST', `/api/conversations/${to}/messages`, message);
  const say = async (one: Person, body = 'hello', fields = {}) =>
    (await post(one, { clientId: randomUUID(), body, ...fields })).body;
  const history = (one: Person, query = '') =>
    one.api<MessagePage & Problem>('GET', `/api/conversations/${id}/messages${query}`);
  const changes = (one: Person, query = '') =>
    one.api<ChangePage & Problem>('GET', `/api/conversations/${id}/changes${query}`);
  const places = (items: readonly Message[]) => items.map(({ seq }) => seq);
  const fill = async (count: number) => {
    const device = await connect(app, ada);
    await Promise.all(
      Array.from({ length: count }, (_, n) =>
        device.ok('message:send', { conversationId: id, clientId: randomUUID(), body: `${n + 1}` }),
      ),
    );
    device.close();
  };

  describe('being sent', () => {
    it('get their place from the server', async () => {
      const clientId = randomUUID();
      const { status, body } = await post(ada, { clientId, body: 'hello' });

      expect(status).toBe(201);
      expect(body).toEqual({
        id: expect.stringMatching(/^[0-9a-f]{24}$/),
        conversationId: id,
        seq: 1,
        rev: 1,
        clientId,
        senderId: ada.user.id,
        kind: 'text',
        body: 'hello',
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      });
    });

    it('are given back when the same clientId comes again, whatever the body', async () => {
      const clientId = randomUUID();
      const first = await post(ada, { clientId, body: 'first' });
      const again = await post(ada, { clientId, body: 'second' });

      expect([first.status, again.status]).toEqual([201, 200]);
      expect(again.body).toEqual(first.body);
      expect((await history(ada)).body.items).toHaveLength(1);
    });

    it('are refused when their clientId was used in another conversation', async () => {
      const elsewhere = await conversationOf(ada, await registerPerson(app));
      const clientId = randomUUID();
      await post(ada, { clientId, body: 'first' });
      const { status, body } = await post(ada, { clientId, body: 'first' }, elsewhere.id);

      expect(status).toBe(409);
      expect(body.type).toBe('urn:parlance:problem:client-id-reused');
    });

    it('may answer a message of the same conversation', async () => {
      const first = await say(ben);

      expect(await say(ada, 'indeed', { replyTo: first.id })).toMatchObject({ replyTo: first.id, seq: 2 });
    });

    it('may not answer a message that they cannot see', async () => {
      const elsewhere = await conversationOf(ben, await registerPerson(app));
      const { body: hidden } = await post(ben, { clientId: randomUUID(), body: 'secret' }, elsewhere.id);
      const { status, body } = await post(ada, { clientId: randomUUID(), body: 'what?', replyTo: hidden.id });

      expect(status).toBe(400);
      expect(body.errors).toMatchObject([{ path: 'replyTo', rule: 'same-conversation' }]);
    });

    it.each([
      ['an empty body', { body: '' }, 'body', 'min-length'],
      ['a body that is too long', { body: 'x'.repeat(4_001) }, 'body', 'max-length'],
      ['a body with NUL', { body: 'a\0' }, 'body', 'no-control-characters'],
      ['an operator as body', { body: { $gt: '' } }, 'body', 'text'],
      ['an operator as clientId', { clientId: { $ne: '' } }, 'clientId', 'uuid'],
      ['a sender of its own', { senderId: 'f'.repeat(24) }, 'senderId', 'not-allowed'],
      ['a time of its own', { createdAt: '2001-01-01T00:00:00Z' }, 'createdAt', 'not-allowed'],
    ])('are refused with %s', async (_, fields, path, rule) => {
      const { status, body } = await post(ada, { clientId: randomUUID(), body: 'hello', ...fields });

      expect(status).toBe(400);
      expect(body).toMatchObject({ type: 'urn:parlance:problem:validation-failed', errors: [{ path, rule }] });
      expect((await history(ada)).body.items).toEqual([]);
    });
  });

  describe('in the history', () => {
    it('come by the latest page, ascending, with the head', async () => {
      await fill(60);
      const { body } = await history(ben);

      expect(places(body.items)).toEqual(Array.from({ length: PAGE.messages.default }, (_, n) => n + 11));
      expect(body).toMatchObject({ headSeq: 60, headRev: 60 });
    });

    it('come before, after and around a message', async () => {
      await fill(20);

      expect(places((await history(ben, '?before=5&limit=3')).body.items)).toEqual([2, 3, 4]);
      expect(places((await history(ben, '?after=5&limit=3')).body.items)).toEqual([6, 7, 8]);
      expect(places((await history(ben, '?around=10&limit=5')).body.items)).toEqual([8, 9, 10, 11, 12]);
      expect(places((await history(ben, '?before=1')).body.items)).toEqual([]);
      expect(places((await history(ben, '?after=20')).body.items)).toEqual([]);
    });

    it('are never more than a page, however it is asked for', async () => {
      await fill(120);
      const pages = ['', '?limit=100', '?before=9999&limit=100', '?after=0&limit=100', '?around=50&limit=100'];
      const sizes = await Promise.all(pages.map(async (query) => (await history(ada, query)).body.items.length));

      expect(sizes).toEqual([50, 100, 100, 100, 100]);
    });

    it.each([
      ['?limit=101', 'limit', 'range'],
      ['?limit=0', 'limit', 'range'],
      ['?limit=all', 'limit', 'range'],
      ['?before=-1', 'before', 'range'],
      ['?before=3&after=1', 'after', 'exclusive'],
      ['?around=1&after=1', 'around', 'exclusive'],
      ['?before[$gt]=1', 'before[$gt]', 'not-allowed'],
    ])('refuse %s', async (query, path, rule) => {
      const { status, body } = await history(ada, query);

      expect(status).toBe(400);
      expect(body.errors).toMatchObject([{ path, rule }]);
    });

    it('show a clientId to its sender only', async () => {
      await say(ada);

      expect((await history(ada)).body.items[0]).toHaveProperty('clientId');
      expect((await history(ben)).body.items[0]).not.toHaveProperty('clientId');
      expect((await changes(ben)).body.items[0]).not.toHaveProperty('clientId');
    });
  });

  describe('in the changes', () => {
    it('are those beyond the cursor, in pieces, with the rev to continue from', async () => {
      await fill(7);
      const first = (await changes(ben, '?after=2&limit=3')).body;
      const rest = (await changes(ben, `?after=${first.rev}&limit=3`)).body;

      expect(first).toMatchObject({ rev: 5, more: true });
      expect(places(first.items)).toEqual([3, 4, 5]);
      expect(rest).toMatchObject({ rev: 7, more: false });
      expect(places(rest.items)).toEqual([6, 7]);
      expect((await changes(ben, '?after=7')).body).toEqual({ items: [], rev: 7, more: false });
    });

    it('ask for a reset when the cursor is beyond the end', async () => {
      await fill(2);

      expect((await changes(ben, '?after=3')).body).toEqual({ items: [], rev: 2, more: false, reset: true });
    });

    it.each(['?limit=201', '?after=-1', '?after=x', '?after=0&before=3'])('refuse %s', async (query) => {
      expect((await changes(ben, query)).status).toBe(400);
    });

    it('ask for a reset when more was missed than is worth sending', async () => {
      await fill(2_001);

      expect((await changes(ben, '?after=0')).body).toEqual({ items: [], rev: 2_001, more: false, reset: true });
      const { body } = await changes(ben, '?after=1');
      expect(body.items).toHaveLength(PAGE.changes.max);
      expect(body).toMatchObject({ rev: 201, more: true });
    }, 60_000);
  });
});
