import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OwnUser, Page, Problem, SessionGrant, User } from '@parlance/contracts';
import { UsersService } from '../src/users/users.service.js';
import { type Answer, PASSWORD, type Person, registerPerson, startTestApp, type TestApp } from './support/index.js';

const faultsOf = ({ body }: Answer) => ((body as Problem).errors ?? []).map(({ path, rule }) => `${path} ${rule}`);

describe('People', () => {
  let app: TestApp;
  let users: UsersService;
  let ada: Person;

  const register = (username: string, email = `${Math.random().toString(36).slice(2)}@example.test`) =>
    app.http<SessionGrant>('POST', '/api/auth/register', { json: { username, email, password: PASSWORD } });
  /** An account that nobody signs in to: what a directory is filled with. */
  const person = (username: string, displayName?: string) =>
    users.create({ username, email: `${username}@example.test`, ...(displayName !== undefined && { displayName }) });
  const search = async (parameters: Record<string, string>) => {
    const answer = await ada.api<Page<User>>('GET', `/api/users?${new URLSearchParams(parameters).toString()}`);
    expect(answer.status).toBe(200);
    return answer.body;
  };
  const found = async (query: string) => (await search({ query })).items.map(({ username }) => username);

  beforeAll(async () => {
    app = await startTestApp();
    users = app.app.get(UsersService);
  });
  afterAll(() => app.close());

  it('makes exactly one of several first accounts the administrator', async () => {
    const answers = await Promise.all(['first-1', 'first-2', 'first-3', 'first-4'].map((name) => register(name)));
    expect(answers.map(({ body }) => body.user.role).sort()).toEqual(['admin', 'member', 'member', 'member']);
    ada = await registerPerson(app, 'Ada_Lovelace');
    expect(ada.user.role).toBe('member');
  });

  describe('a profile', () => {
    it('shows its owner the e-mail address, and never a hash', async () => {
      const { body } = await ada.api<OwnUser>('GET', '/api/users/me');
      expect(Object.keys(body).sort()).toEqual(
        ['avatarUrl', 'createdAt', 'displayName', 'email', 'hasChosenAvatar', 'id', 'role', 'username'].sort(),
      );
      expect(body).toMatchObject({ email: ada.user.email, hasChosenAvatar: false });
    });

    it('shows others nothing but what everybody may know', async () => {
      const other = await person('grace', 'Grace Hopper');
      const { body } = await ada.api<User>('GET', `/api/users/${other.id}`);
      expect(body).toEqual({
        id: other.id,
        username: 'grace',
        displayName: 'Grace Hopper',
        avatarUrl: expect.stringMatching(/^\/api\/avatars\//),
      });
      const { items } = await search({ query: 'grace' });
      expect(items).toEqual([body]);
    });

    it.each(['0123456789abcdef01234567', 'nobody', '[object Object]', '%00'])(
      'answers %s as what is not there',
      async (id) => {
        const answer = await ada.api<Problem>('GET', `/api/users/${id}`);
        expect(answer.status).toBe(404);
        expect(answer.body.type).toBe('urn:parlance:problem:not-found');
      },
    );

    it.each([
      ['GET', '/api/users/me'],
      ['PATCH', '/api/users/me'],
      ['GET', '/api/users'],
      ['GET', '/api/users/0123456789abcdef01234567'],
    ])('asks strangers at %s %s to sign in', async (method, path) => {
      expect((await app.http(method, path)).status).toBe(401);
    });

    it('takes a new name and bio as they were written, and finds the person by them', async () => {
      const { status, body } = await ada.api<OwnUser>('PATCH', '/api/users/me', {
        displayName: '  Ada Rene\u0301e King ',
        bio: 'Notes on the engine.\nSecond line.',
      });
      expect(status).toBe(200);
      expect(body).toMatchObject({ displayName: 'Ada Ren\u00e9e King', bio: 'Notes on the engine.\nSecond line.' });
      expect((await ada.api<OwnUser>('GET', '/api/users/me')).body).toEqual(body);
      const grace = await registerPerson(app);
      const answer = await grace.api<Page<User>>('GET', '/api/users?query=renee');
      expect(answer.body.items.map(({ id }) => id)).toEqual([ada.user.id]);
    });

    it('leaves what is not given, and removes a bio that is emptied', async () => {
      await ada.api('PATCH', '/api/users/me', { bio: 'kept' });
      const renamed = await ada.api<OwnUser>('PATCH', '/api/users/me', { displayName: 'Ada' });
      expect(renamed.body).toMatchObject({ displayName: 'Ada', bio: 'kept' });
      const emptied = await ada.api<OwnUser>('PATCH', '/api/users/me', { bio: '' });
      expect(emptied.body).not.toHaveProperty('bio');
      expect(emptied.body.displayName).toBe('Ada');
      expect((await ada.api<OwnUser>('PATCH', '/api/users/me', {})).body).toEqual(emptied.body);
    });

    it.each<[string, unknown, string]>([
      ['an empty name', { displayName: ' ' }, 'displayName min-length'],
      ['a name that is too long', { displayName: 'x'.repeat(51) }, 'displayName max-length'],
      ['a name of nothing', { displayName: null }, 'displayName text'],
      ['an operator in place of a name', { displayName: { $ne: '' } }, 'displayName text'],
      ['a list in place of a name', { displayName: ['Ada'] }, 'displayName text'],
      ['a name that turns the text around', { displayName: 'ada\u202eadmin' }, 'displayName no-hidden-characters'],
      ['a name with a control character', { displayName: 'a\u0000b' }, 'displayName no-control-characters'],
      ['a bio that is too long', { bio: 'x'.repeat(281) }, 'bio max-length'],
      ['an operator in place of a bio', { bio: { $unset: 1 } }, 'bio text'],
      ['another role', { role: 'admin' }, 'role not-allowed'],
      ['another address', { email: 'eve@example.test' }, 'email not-allowed'],
      ['an update operator', { $set: { role: 'admin' } }, '$set not-allowed'],
    ])('refuses %s and tells the field', async (_, change, fault) => {
      const before = (await ada.api('GET', '/api/users/me')).body;
      const answer = await ada.api('PATCH', '/api/users/me', change);
      expect(answer.status).toBe(400);
      expect(faultsOf(answer)).toContain(fault);
      expect((await ada.api('GET', '/api/users/me')).body).toEqual(before);
    });
  });

  describe('a username', () => {
    it.each([
      ['in other case', 'aDA_lOVELACE'],
      ['in full width', 'Ａｄａ_Lovelace'],
      ['in mathematical letters', '𝓐da_Lovelace'],
    ])('is given once, also %s', async (_, username) => {
      const answer = await register(username);
      expect(answer.status).toBe(409);
      expect(answer.body).toMatchObject({
        type: 'urn:parlance:problem:username-taken',
        errors: [{ path: 'username', rule: 'taken' }],
      });
      expect(JSON.stringify(answer.body)).not.toContain(username);
    });

    it('is given once when several ask at the same time', async () => {
      const answers = await Promise.all(['Mallory', 'mallory', 'MALLORY'].map((name) => register(name)));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    });

    it.each(['system', 'Everyone', 'a\u200bda', 'ad\u202ea', 'ada love', 'x'.repeat(21), 'ab'])(
      'cannot be %j',
      async (username) => {
        const answer = await register(username);
        expect(answer.status).toBe(400);
        expect(faultsOf(answer)).toEqual([expect.stringMatching(/^username /)]);
      },
    );

    it('is free again when the registration is taken back', async () => {
      const { id } = await person('undone');
      await users.remove(id);
      expect(await users.exists(id)).toBe(false);
      expect((await register('Undone')).status).toBe(201);
    });
  });

  it('makes one account for an address, however it is written', async () => {
    expect((await register('one-of-two', 'Same@Example.test')).status).toBe(201);
    const answer = await register('two-of-two', 'sAME@example.TEST');
    expect(answer.body).toMatchObject({ type: 'urn:parlance:problem:email-taken', errors: [{ path: 'email' }] });
  });

  it('finds a person by username or address, however they are written', async () => {
    expect(await users.findByIdentifier('ａda_lovelace')).toMatchObject({ id: ada.user.id });
    expect(await users.findByIdentifier(ada.user.email.toUpperCase())).toMatchObject({ id: ada.user.id });
    expect(await users.findByIdentifier('nobody@example.test')).toBeNull();
  });

  it('gives many people in the order asked for, each once, and passes over ids of nobody', async () => {
    const [one, two] = [await person('many-one'), await person('many-two')];
    const people = await users.getMany([two.id, 'nobody', one.id, two.id, '0123456789abcdef01234567']);
    expect(people.map(({ username }) => username)).toEqual(['many-two', 'many-one']);
  });

  describe('the directory', () => {
    beforeAll(async () => {
      await person('jlpicard', 'Jean-Luc Picard');
      await person('zoe.w', 'Zoë Washburne');
      await person('a.star', 'A*Star (.*)');
    });

    it.each([
      ['the beginning of a username', 'jlp', 'jlpicard'],
      ['the beginning of a display name', 'Jean', 'jlpicard'],
      ['the beginning of a later word', 'pic', 'jlpicard'],
      ['the beginning of a word behind a hyphen', 'luc', 'jlpicard'],
      ['several words', 'luc picard', 'jlpicard'],
      ['several words in another order', 'pic jean', 'jlpicard'],
      ['a word of each name', 'jlp luc', 'jlpicard'],
      ['another case', 'WASH', 'zoe.w'],
      ['no accents', 'zoe', 'zoe.w'],
      ['accents that are not there', 'wäsh', 'zoe.w'],
      ['characters of patterns as they stand', 'A*Star (.', 'a.star'],
    ])('is searched by %s', async (_, query, username) => {
      expect(await found(query)).toEqual([username]);
    });

    it.each(['icard', '.*', '^j', 'jlp.card', '$ne', 'picard zoe', 'zz'])(
      'takes %j for nothing but text',
      async (query) => {
        expect(await found(query)).toEqual([]);
      },
    );

    it('leaves out oneself', async () => {
      expect(await found('ada_love')).toEqual([]);
    });

    it.each([
      ['query[$ne]=x', 'query[$ne] not-allowed'],
      ['query=a&query=b', 'query text'],
      [`query=${'x'.repeat(51)}`, 'query max-length'],
      ['limit=0', 'limit range'],
      ['limit=101', 'limit range'],
      ['limit=ten', 'limit range'],
      ['cursor=not-ours', 'cursor cursor'],
      ['cursor=', 'cursor cursor'],
      ['cursor[$gt]=', 'cursor[$gt] not-allowed'],
      ['sort=email', 'sort not-allowed'],
    ])('refuses %s', async (parameters, fault) => {
      const answer = await ada.api('GET', `/api/users?${parameters}`);
      expect(answer.status).toBe(400);
      expect(faultsOf(answer)).toEqual([fault]);
    });

    it('refuses a cursor that was changed', async () => {
      const { next = '' } = await search({ limit: '1' });
      const changed = next.slice(0, -2) + (next.endsWith('AA') ? 'BB' : 'AA');
      expect((await ada.api('GET', `/api/users?cursor=${changed}`)).status).toBe(400);
    });

    it('shows everybody who was there once, page by page, while others register', async () => {
      const before = new Set<string>();
      for (let index = 0; index < 23; index++) {
        before.add((await person(`reader-${(index * 7) % 23}-x`, `Reader ${index}`)).id);
      }
      const shown: User[] = [];
      let cursor: string | undefined;
      let pages = 0;
      do {
        const page = await search({ query: 'reader', limit: '4', ...(cursor !== undefined && { cursor }) });
        shown.push(...page.items);
        cursor = page.next;
        await person(`reader-${pages}-0`);
        await person(`reader-9-${pages}`);
        pages++;
      } while (cursor !== undefined && pages < 50);

      const ids = shown.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.filter((id) => before.has(id))).toHaveLength(before.size);
      expect(pages).toBeGreaterThan(5);
    });

    it('gives no further page behind the last one', async () => {
      const all = await search({ query: 'jlpicard', limit: '1' });
      expect(all.items).toHaveLength(1);
      expect(all.next).toBeUndefined();
    });
  });
});
