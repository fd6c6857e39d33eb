import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getModelToken } from '@nestjs/mongoose';
import type { DeviceSession, Problem, SessionGrant } from '@parlance/contracts';
import type { Model } from 'mongoose';
import { SESSION_MODEL, type SessionRecord } from '../src/auth/session.schema.js';
import {
  type Answer,
  connect,
  cookiesOf,
  type Person,
  registerPerson,
  signInAgain,
  startTestApp,
  type TestApp,
} from './support/index.js';

const DAY_MS = 86_400_000;
const codeOf = ({ body }: Answer) => (body as Problem).type.replace('urn:parlance:problem:', '');
const setCookie = ({ headers }: Answer, name: string) =>
  headers.getSetCookie().find((cookie) => cookie.startsWith(`${name}=`));
const attributesOf = (cookie = '') => cookie.split('; ').slice(1).sort();

describe('A session', () => {
  let app: TestApp;
  let sessions: Model<SessionRecord>;
  let ada: Person;

  const refresh = (cookie: string) =>
    app.http<SessionGrant>('POST', '/api/auth/refresh', { json: {}, headers: { cookie } });
  const me = async ({ accessToken }: Pick<Person, 'accessToken'>) =>
    (await app.http('GET', '/api/users/me', { headers: { authorization: `Bearer ${accessToken}` } })).status;
  const list = async (person: Person) => (await person.api<DeviceSession[]>('GET', '/api/auth/sessions')).body;
  const currentOf = async (person: Person) => (await list(person)).find(({ current }) => current)?.id ?? '';
  /** As if time had passed. */
  const age = async (person: Person, times: Partial<SessionRecord>) =>
    sessions.updateOne({ _id: await currentOf(person) }, { $set: times });

  beforeAll(async () => {
    app = await startTestApp();
    sessions = app.app.get(getModelToken(SESSION_MODEL));
  });
  afterAll(() => app.close());

  describe('its cookie', () => {
    it('is for no script, no other site and no other path', async () => {
      ada = await registerPerson(app);
      const answer = await refresh(ada.cookie);
      const cookie = setCookie(answer, 'parlance_refresh');
      expect(attributesOf(cookie).filter((part) => !part.startsWith('Expires'))).toEqual([
        'HttpOnly',
        `Max-Age=${(30 * DAY_MS) / 1000}`,
        'Path=/api/auth',
        'SameSite=Strict',
      ]);
    });

    it('is kept here only as a hash', async () => {
      const person = await registerPerson(app);
      const record = await sessions.findById(await currentOf(person)).lean();
      const token = /parlance_refresh=([^;]+)/.exec(person.cookie)?.[1] ?? '';
      expect(token).not.toBe('');
      expect(JSON.stringify(record)).not.toContain(token);
    });

    it('is Secure, by name and by attribute, where people come over TLS', async () => {
      const secure = await startTestApp({ PUBLIC_ORIGIN: 'https://chat.example.test' });
      try {
        const answer = await secure.http('POST', '/api/auth/register', {
          json: { username: 'somebody', email: 's@example.test', password: 'correct horse battery' },
          headers: { origin: 'https://chat.example.test' },
        });
        for (const name of ['__Secure-parlance_refresh', '__Secure-parlance_device']) {
          expect(attributesOf(setCookie(answer, name))).toEqual(
            expect.arrayContaining(['HttpOnly', 'Path=/api/auth', 'SameSite=Strict', 'Secure']),
          );
        }
      } finally {
        await secure.close();
      }
    });
  });

  describe('going on', () => {
    it('gives a new access token and another cookie at each use', async () => {
      const person = await registerPerson(app);
      const first = await refresh(person.cookie);
      expect(first.status).toBe(200);
      expect(first.body.user.id).toBe(person.user.id);
      const second = await refresh(cookiesOf(first));
      expect(second.status).toBe(200);
      expect(new Set([person.cookie, cookiesOf(first), cookiesOf(second)]).size).toBe(3);
      expect(await me(second.body)).toBe(200);
    });

    it('takes the cookie before the last for a moment, for an access token and no cookie', async () => {
      const person = await registerPerson(app);
      await refresh(person.cookie);
      const again = await refresh(person.cookie);
      expect(again.status).toBe(200);
      expect(await me(again.body)).toBe(200);
      expect(again.headers.getSetCookie()).toEqual([]);
    });

    it('gives one of several requests at the same time the next cookie, and all a token', async () => {
      const person = await registerPerson(app);
      const answers = await Promise.all(Array.from({ length: 5 }, () => refresh(person.cookie)));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
      const rotated = answers.filter((answer) => setCookie(answer, 'parlance_refresh'));
      expect(rotated).toHaveLength(1);
      expect((await refresh(cookiesOf(rotated[0] as Answer))).status).toBe(200);
    });

    it('ends, with its sockets, when a cookie older than that is used', async () => {
      const person = await registerPerson(app);
      const device = await connect(app, person);
      const first = await refresh(person.cookie);
      const second = await refresh(cookiesOf(first));

      const reused = await refresh(person.cookie);
      expect([reused.status, codeOf(reused)]).toEqual([401, 'session-ended']);
      expect(await device.next('session:ended')).toEqual({ reason: 'token-reused' });
      await device.closed();
      expect(await me(second.body)).toBe(401);
      expect((await refresh(cookiesOf(second))).status).toBe(401);
    });

    it('ends when the cookie before the last is used after its moment', async () => {
      const person = await registerPerson(app);
      const next = await refresh(person.cookie);
      await age(person, { rotatedAt: new Date(Date.now() - 10_001) });
      const late = await refresh(person.cookie);
      expect([late.status, codeOf(late)]).toEqual([401, 'session-ended']);
      expect((await refresh(cookiesOf(next))).status).toBe(401);
    });

    it('takes the refused cookie away', async () => {
      const answer = await refresh('parlance_refresh=not-ours');
      expect(answer.status).toBe(401);
      expect(setCookie(answer, 'parlance_refresh')).toMatch(/^parlance_refresh=;.*Expires=Thu, 01 Jan 1970/);
    });

    it('is not disturbed by a token that was never ours', async () => {
      const person = await registerPerson(app);
      const forged = `parlance_refresh=${await currentOf(person)}.${'A'.repeat(43)}.${'A'.repeat(43)}`;
      expect((await refresh(forged)).status).toBe(401);
      expect((await refresh(person.cookie)).status).toBe(200);
    });

    it.each(['', 'parlance_refresh=', 'parlance_refresh[$ne]=x', 'parlance_refresh=%00'])(
      'needs a cookie: "%s" is none',
      async (cookie) => {
        const answer = await refresh(cookie);
        expect([answer.status, codeOf(answer)]).toEqual([401, 'session-ended']);
      },
    );

    it('lives two weeks without use and thirty days at all', async () => {
      const person = await registerPerson(app);
      const endsIn = async () =>
        Math.round(((await sessions.findById(await currentOf(person)).lean())?.expiresAt.getTime() ?? 0) - Date.now());
      expect(Math.abs((await endsIn()) - 14 * DAY_MS)).toBeLessThan(60_000);
      await age(person, { createdAt: new Date(Date.now() - 29 * DAY_MS) });
      await refresh(person.cookie);
      expect(Math.abs((await endsIn()) - DAY_MS)).toBeLessThan(60_000);
    });

    it('is over when its time is over', async () => {
      const person = await registerPerson(app);
      await age(person, { expiresAt: new Date(Date.now() - 1) });
      expect((await refresh(person.cookie)).status).toBe(401);
    });
  });

  describe('signing out', () => {
    it('ends it with its sockets and takes the cookie away', async () => {
      const person = await registerPerson(app);
      const device = await connect(app, person);
      const answer = await app.http('POST', '/api/auth/logout', { json: {}, headers: { cookie: person.cookie } });
      expect(answer.status).toBe(204);
      expect(setCookie(answer, 'parlance_refresh')).toMatch(/^parlance_refresh=;/);
      expect(await device.next('session:ended')).toEqual({ reason: 'signed-out' });
      await device.closed();
      expect(await me(person)).toBe(401);
      expect((await refresh(person.cookie)).status).toBe(401);
    });

    it('succeeds where there is nothing to end', async () => {
      const answer = await app.http('POST', '/api/auth/logout', { json: {} });
      expect(answer.status).toBe(204);
    });
  });

  describe('among others of the same person', () => {
    it('is listed, with the device’s name and without its secrets', async () => {
      const person = await registerPerson(app);
      const other = await signInAgain(app, person);
      await refresh(other.cookie);
      const listed = await list(person);
      expect(listed.map(({ current }) => current)).toEqual([false, true]);
      for (const session of listed) {
        expect(Object.keys(session).sort()).toEqual(['createdAt', 'current', 'device', 'id', 'lastSeenAt']);
      }
    });

    it('is named after browser and system', async () => {
      const { body } = await app.http<SessionGrant>('POST', '/api/auth/login', {
        json: { identifier: ada.user.username, password: ada.password },
        headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' },
      });
      const { body: listed } = await app.http<DeviceSession[]>('GET', '/api/auth/sessions', {
        headers: { authorization: `Bearer ${body.accessToken}` },
      });
      expect(listed.find(({ current }) => current)?.device).toBe('Firefox on Linux');
    });

    it('can be ended from another device, with its sockets, at once', async () => {
      const person = await registerPerson(app);
      const other = await signInAgain(app, person);
      const device = await connect(app, other);
      expect(await me(other)).toBe(200);
      const { status } = await person.api('DELETE', `/api/auth/sessions/${await currentOf(other)}`);
      expect(status).toBe(204);
      expect(await device.next('session:ended')).toEqual({ reason: 'ended-elsewhere' });
      await device.closed();
      expect([await me(other), await me(person)]).toEqual([401, 200]);
    });

    it('ends alone the others when asked to', async () => {
      const person = await registerPerson(app);
      const others = [await signInAgain(app, person), await signInAgain(app, person)];
      expect((await person.api('DELETE', '/api/auth/sessions')).status).toBe(204);
      expect(await Promise.all([person, ...others].map(me))).toEqual([200, 401, 401]);
      expect((await list(person)).map(({ current }) => current)).toEqual([true]);
    });

    it('alone outlives a change of the password', async () => {
      const person = await registerPerson(app);
      const other = await signInAgain(app, person);
      const device = await connect(app, other);
      await person.api('POST', '/api/auth/password', {
        currentPassword: person.password,
        newPassword: 'another good sentence',
      });
      expect(await device.next('session:ended')).toEqual({ reason: 'password-changed' });
      await device.closed();
      expect([await me(other), await me(person)]).toEqual([401, 200]);
      expect((await refresh(other.cookie)).status).toBe(401);
      expect((await refresh(person.cookie)).status).toBe(200);
    });
  });

  describe('of somebody else', () => {
    it('cannot be ended, is not touched by the attempt, and answers as one that is not there', async () => {
      const victim = await registerPerson(app);
      const attacker = await registerPerson(app);
      const device = await connect(app, victim);
      const attempt = await attacker.api('DELETE', `/api/auth/sessions/${await currentOf(victim)}`);
      const nothing = await attacker.api('DELETE', `/api/auth/sessions/${'0'.repeat(24)}`);
      expect([attempt.status, attempt.body]).toEqual([404, nothing.body]);

      expect(await me(victim)).toBe(200);
      await device.ok('presence:watch', { userIds: [] });
      expect(device.seen('session:ended')).toEqual([]);
      device.close();
    });

    it.each(['me', '[object Object]', '%7B%22$ne%22:1%7D'])('is not there under %s', async (id) => {
      expect((await ada.api('DELETE', `/api/auth/sessions/${id}`)).status).toBe(404);
    });
  });
});
