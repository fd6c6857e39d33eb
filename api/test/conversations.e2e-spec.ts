import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Conversation, Message, Page, Problem } from '@parlance/contracts';
import type { Connection } from 'mongoose';
import { connect, conversationOf, type Person, registerPerson, startTestApp, type TestApp } from './support/index.js';

const NOBODY = 'f'.repeat(24);

describe('conversations', () => {
  let app: TestApp;
  let ada: Person;
  let ben: Person;
  let cleo: Person;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());

  beforeEach(async () => {
    [ada, ben, cleo] = await Promise.all([registerPerson(app), registerPerson(app), registerPerson(app)]);
  });

  const open = (one: Person, userId: string) =>
    one.api<Conversation & Problem>('POST', '/api/conversations', { kind: 'direct', userId });
  const list = (one: Person, query = '') => one.api<Page<Conversation>>('GET', `/api/conversations${query}`);
  const say = async (one: Person, { id }: Conversation, body = 'hello') =>
    (await one.api<Message>('POST', `/api/conversations/${id}/messages`, { clientId: randomUUID(), body })).body;

  describe('being opened', () => {
    it('are made once for two people, whoever asks', async () => {
      const first = await open(ada, ben.user.id);
      const again = await open(ada, ben.user.id);
      const fromBen = await open(ben, ada.user.id);

      expect([first.status, again.status, fromBen.status]).toEqual([201, 200, 200]);
      expect([again.body.id, fromBen.body.id]).toEqual([first.body.id, first.body.id]);
    });

    it('are made once even when both ask many times at once', async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, n) => (n % 2 ? open(ada, ben.user.id) : open(ben, ada.user.id))),
      );

      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
      expect((await list(ada)).body.items).toHaveLength(1);
    });

    it('are empty, with both members and nothing that others must not know', async () => {
      const { body } = await open(ada, ben.user.id);

      expect(body).toEqual({
        id: expect.any(String),
        kind: 'direct',
        members: [ada, ben].map(({ user }) => ({
          user: {
            id: user.id,
            username: user.username,
            displayName: user.displayName,
            avatarUrl: user.avatarUrl,
          },
          readSeq: 0,
          deliveredSeq: 0,
        })),
        headSeq: 0,
        headRev: 0,
        readSeq: 0,
        deliveredSeq: 0,
        unread: 0,
        createdAt: expect.any(String),
      });
    });

    it('need somebody else', async () => {
      const { status, body } = await open(ada, ada.user.id);

      expect(status).toBe(400);
      expect(body.errors).toMatchObject([{ path: 'userId', rule: 'not-oneself' }]);
    });

    it('need somebody who is there', async () => {
      const { status, body } = await open(ada, NOBODY);

      expect(status).toBe(404);
      expect(body).toMatchObject({
        type: 'urn:parlance:problem:not-found',
        errors: [{ path: 'userId', rule: 'unknown' }],
      });
    });

    it.each([
      ['a group', { kind: 'group', title: 'All', memberIds: [] }, 'kind'],
      ['an operator as person', { kind: 'direct', userId: { $ne: null } }, 'userId'],
      ['no person', { kind: 'direct' }, 'userId'],
      ['an unknown field', { kind: 'direct', userId: NOBODY, headSeq: 9 }, 'headSeq'],
    ])('refuse %s and name the field', async (_, request, path) => {
      const { status, body } = await ada.api<Problem>('POST', '/api/conversations', request);

      expect(status).toBe(400);
      expect(body.errors?.map((error) => error.path)).toContain(path);
    });

    it('appear live with both people, each with their own view', async () => {
      const [adas, bens, cleos] = await Promise.all([connect(app, ada), connect(app, ben), connect(app, cleo)]);
      const { body } = await open(ada, ben.user.id);

      expect(await adas.next('conversation:created')).toEqual(body);
      expect(await bens.next('conversation:created')).toMatchObject({ id: body.id, unread: 0 });
      await cleos.ok('presence:watch', { userIds: [] });
      expect(cleos.seen('conversation:created')).toEqual([]);
      for (const device of [adas, bens, cleos]) device.close();
    });
  });

  describe('in a list', () => {
    it('stand by newest activity, with the last message', async () => {
      const withBen = await conversationOf(ada, ben);
      const withCleo = await conversationOf(ada, cleo);
      expect((await list(ada)).body.items.map(({ id }) => id)).toEqual([withCleo.id, withBen.id]);

      const message = await say(ben, withBen, 'news');
      const { items } = (await list(ada)).body;
      expect(items.map(({ id }) => id)).toEqual([withBen.id, withCleo.id]);
      const { clientId: _, ...asOthersSee } = message;
      expect(items[0]).toMatchObject({ headSeq: 1, headRev: 1, unread: 1, lastMessage: asOthersSee });
      expect(items[0]?.lastMessage).not.toHaveProperty('clientId');
      expect(items[1]).not.toHaveProperty('lastMessage');
    });

    it('come in pages that hold each one once', async () => {
      const others = await Promise.all(Array.from({ length: 5 }, () => registerPerson(app)));
      const ids = [];
      for (const other of others) ids.unshift((await conversationOf(ada, other)).id);

      const seen: string[] = [];
      for (let query = '?limit=2'; query;) {
        const { items, next } = (await list(ada, query)).body;
        expect(items.length).toBeLessThanOrEqual(2);
        seen.push(...items.map(({ id }) => id));
        query = next === undefined ? '' : `?limit=2&cursor=${encodeURIComponent(next)}`;
      }
      expect(seen).toEqual(ids);
    });

    it.each(['limit=0', 'limit=101', 'limit=x', 'cursor=x', 'cursor=', 'order=asc'])('refuse %s', async (query) => {
      const { status, body } = await ada.api<Problem>('GET', `/api/conversations?${query}`);

      expect(status).toBe(400);
      expect(body.errors?.[0]?.path).toBe(query.split('=')[0]);
    });

    it('are only one’s own', async () => {
      await conversationOf(ada, ben);

      expect((await list(cleo)).body).toEqual({ items: [] });
    });
  });

  describe('unread messages', () => {
    it('are those of others beyond the read marker, whatever one has written in between', async () => {
      const conversation = await conversationOf(ada, ben);
      for (const who of [ben, ada, ben, ada, ada, ben]) await say(who, conversation);
      const device = await connect(app, ada);
      const unread = async () => {
        const { body } = await ada.api<Conversation>('GET', `/api/conversations/${conversation.id}`);
        const listed = (await list(ada)).body.items.find(({ id }) => id === conversation.id);
        expect(listed).toEqual(body);
        return body.unread;
      };

      expect(await unread()).toBe(3);
      const left = [];
      for (const seq of [1, 2, 3, 5, 6]) {
        await device.ok('conversation:read', { conversationId: conversation.id, seq });
        left.push(await unread());
      }
      expect(left).toEqual([2, 2, 1, 1, 0]);
      device.close();
    });

    it('are counted from the end as well as from the start', async () => {
      const conversation = await conversationOf(ada, ben);
      for (const who of [ada, ben, ada, ben, ben, ada, ben]) await say(who, conversation);
      const device = await connect(app, ada);
      await device.ok('conversation:read', { conversationId: conversation.id, seq: 5 });

      expect((await list(ada)).body.items[0]).toMatchObject({ readSeq: 5, deliveredSeq: 5, unread: 1 });
      device.close();
    });
  });

  describe('of others', () => {
    it('answer exactly as conversations that do not exist', async () => {
      const { id } = await conversationOf(ada, ben);
      const clientId = randomUUID();
      for (const [method, path, json] of [
        ['GET', ''],
        ['GET', '/messages'],
        ['GET', '/changes?after=0'],
        ['POST', '/messages', { clientId, body: 'let me in' }],
      ] as const) {
        const answers = await Promise.all(
          [id, NOBODY, 'not-an-id'].map((at) => cleo.api(method, `/api/conversations/${at}${path}`, json)),
        );
        expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
        expect(answers[0]?.body).toEqual(answers[1]?.body);
        expect(answers[0]?.body).toEqual(answers[2]?.body);
      }
    });
  });
});

describe('conversations after a crash', () => {
  it('show the last message and the right order, though no summary was written', async () => {
    const before = await startTestApp();
    const [ada, ben, cleo] = await Promise.all([
      registerPerson(before),
      registerPerson(before),
      registerPerson(before),
    ]);
    const withBen = await conversationOf(ada, ben);
    const withCleo = await conversationOf(ada, cleo);
    const { body: last } = await ben.api<Message>('POST', `/api/conversations/${withBen.id}/messages`, {
      clientId: randomUUID(),
      body: 'still here?',
    });
    // What a process leaves behind that is killed before it has written summaries: messages without them.
    await ada.api('GET', '/api/conversations');
    await forgetSummaries(before);
    await before.close({ keepData: true });

    const after = await startTestApp({ DATA_DIR: before.dataDir });
    const { status, body } = await after.http<Page<Conversation>>('GET', '/api/conversations', {
      headers: { authorization: `Bearer ${ada.accessToken}` },
    });
    expect(status).toBe(200);
    expect(body.items.map(({ id }) => id)).toEqual([withBen.id, withCleo.id]);
    expect(body.items[0]).toMatchObject({ headSeq: 1, headRev: 1, unread: 1, lastMessage: { id: last.id } });
    await after.close();
  });
});

/** Takes the summaries away that a process writes behind its messages. */
async function forgetSummaries({ app }: TestApp): Promise<void> {
  const conversations = app.get<Connection>(getConnectionToken()).collection('conversations');
  for await (const { _id, createdAt } of conversations.find()) {
    const summary = { headSeq: 0, headRev: 0, activityAt: createdAt, sent: {} };
    await conversations.updateOne({ _id }, { $set: summary, $unset: { lastMessageId: 1 } });
  }
}
