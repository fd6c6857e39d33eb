import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { getModelToken } from '@nestjs/mongoose';
import type { AuthPolicy, Problem, SessionGrant } from '@parlance/contracts';
import bcrypt from 'bcrypt';
import type { Model } from 'mongoose';
import { CREDENTIAL_MODEL, type CredentialRecord } from '../src/auth/credential.schema.js';
import { type Answer, PASSWORD, type Person, registerPerson, startTestApp, type TestApp } from './support/index.js';

const codeOf = ({ body }: Answer) => (body as Problem).type.replace('urn:parlance:problem:', '');
const faultsOf = ({ body }: Answer) => ((body as Problem).errors ?? []).map(({ path, rule }) => `${path} ${rule}`);
const FORTY_A = 'a1'.repeat(40);

describe('An account', () => {
  let app: TestApp;
  let ada: Person;
  let number = 0;

  const post = <T = Problem>(path: string, json: unknown, headers: Record<string, string> = {}) =>
    app.http<T>('POST', `/api/auth/${path}`, { json, headers });
  const fresh = (changes: object = {}) => {
    number += 1;
    return { username: `fresh-${number}`, email: `fresh-${number}@example.test`, password: PASSWORD, ...changes };
  };
  const hashOf = async (userId: string) =>
    (await app.app.get<Model<CredentialRecord>>(getModelToken(CREDENTIAL_MODEL)).findById(userId).lean())?.passwordHash;

  beforeAll(async () => {
    app = await startTestApp();
    ada = await registerPerson(app, 'ada');
  });
  afterAll(() => app.close());

  describe('being made', () => {
    it('is signed in at once and told who it is', async () => {
      const answer = await post<SessionGrant>('register', fresh({ displayName: 'Fresh Person' }));
      expect(answer.status).toBe(201);
      expect(Object.keys(answer.body).sort()).toEqual(['accessToken', 'expiresAt', 'user']);
      expect(answer.body.user).toMatchObject({ displayName: 'Fresh Person', role: 'member' });
      const { status } = await app.http('GET', '/api/users/me', {
        headers: { authorization: `Bearer ${answer.body.accessToken}` },
      });
      expect(status).toBe(200);
    });

    it('is kept with a keyed hash and nothing of the password', async () => {
      const hash = await hashOf(ada.user.id);
      expect(hash).toMatch(/^v1\$p1\$\$2b\$04\$.{53}$/);
    });

    it.each([
      ['username', 'username-taken', { username: 'ADA' }],
      ['email', 'email-taken', { email: 'Ada@Example.test' }],
    ])('is refused at the %s that somebody has, however it is written', async (field, code, taken) => {
      const answer = await post('register', fresh(taken));
      expect([answer.status, codeOf(answer), faultsOf(answer)]).toEqual([409, code, [`${field} taken`]]);
    });

    it.each([
      ['a short password', { password: 'x9-kTq!' }, 'password min-length'],
      ['a password that is too long', { password: 'long enough '.repeat(22) }, 'password max-length'],
      ['a common password', { password: 'Password123!' }, 'password common'],
      ['the username in the password', { username: 'zebedee', password: 'my zebedee 42' }, 'password personal'],
      [
        'the address in the password',
        { email: 'zachary@example.test', password: 'xx zachary xx' },
        'password personal',
      ],
      ['the name of the app in the password', { password: 'the Parlance way' }, 'password personal'],
      ['half a character in the password', { password: 'broken \ud800 password' }, 'password well-formed'],
      ['an operator for a username', { username: { $ne: null } }, 'username text'],
      ['an operator for an address', { email: { $gt: '' } }, 'email text'],
      ['an operator for a password', { password: { $ne: null } }, 'password text'],
      ['a role of one’s own choice', { role: 'admin' }, 'role not-allowed'],
      ['no address', { email: undefined }, 'email text'],
      ['an address without a host', { email: 'nobody' }, 'email email'],
      ['a hidden character in the username', { username: 'ad\u200ba' }, 'username no-hidden-characters'],
    ])('is refused with %s, naming field and rule', async (_, changes, fault) => {
      const answer = await post('register', fresh(changes));
      expect([answer.status, codeOf(answer), faultsOf(answer)]).toEqual([400, 'validation-failed', [fault]]);
    });

    it('repeats nothing of what was typed in a refusal', async () => {
      const answer = await post('register', fresh({ password: 'sunshine1', email: 'secretive@' }));
      expect(JSON.stringify(answer.body)).not.toMatch(/sunshine|secretive/);
    });
  });

  describe('signing in', () => {
    it.each(['ada', 'ADA', 'ada@example.test', ' Ada@EXAMPLE.test '])('knows its owner as "%s"', async (identifier) => {
      const answer = await post<SessionGrant>('login', { identifier, password: PASSWORD });
      expect(answer.status).toBe(200);
      expect(answer.body.user.id).toBe(ada.user.id);
    });

    it('answers an unknown name exactly as a wrong password', async () => {
      const wrong = await post('login', { identifier: 'ada', password: 'not the password' });
      const unknown = await post('login', { identifier: 'nobody-here', password: 'not the password' });
      expect([wrong.status, codeOf(wrong)]).toEqual([401, 'bad-credentials']);
      expect([unknown.status, unknown.body]).toEqual([wrong.status, wrong.body]);
      const names = ({ headers }: Answer) => [...headers.keys()].sort();
      expect(names(unknown)).toEqual(names(wrong));
      expect(unknown.headers.getSetCookie()).toEqual([]);
    });

    it('compares as much for an unknown name as for a wrong password', async () => {
      const compare = jest.spyOn(bcrypt, 'compare');
      const costsOf = async (identifier: string) => {
        compare.mockClear();
        await post('login', { identifier, password: 'not the password' });
        return compare.mock.calls.map(([, hash]) => bcrypt.getRounds(hash));
      };
      expect(await costsOf('nobody-here')).toEqual(await costsOf('ada'));
      expect(compare).toHaveBeenCalledTimes(1);
      compare.mockRestore();
    });

    it.each([
      ['an operator for a name', { identifier: { $ne: null }, password: PASSWORD }, 'identifier text'],
      ['an operator for a password', { identifier: 'ada', password: { $ne: null } }, 'password text'],
      ['a list for a name', { identifier: ['ada'], password: PASSWORD }, 'identifier text'],
      ['no password', { identifier: 'ada' }, 'password text'],
      ['an unknown field', { identifier: 'ada', password: PASSWORD, remember: true }, 'remember not-allowed'],
    ])('refuses %s, naming field and rule', async (_, body, fault) => {
      const answer = await post('login', body);
      expect([answer.status, faultsOf(answer)]).toEqual([400, [fault]]);
    });

    it('tells passwords apart that differ beyond the 72 bytes that bcrypt looks at', async () => {
      const account = fresh({ password: `${FORTY_A}-one` });
      await post('register', account);
      const as = (password: string) => post('login', { identifier: account.username, password });
      expect((await as(`${FORTY_A}-two`)).status).toBe(401);
      expect((await as(FORTY_A)).status).toBe(401);
      expect((await as(`${FORTY_A}-one`)).status).toBe(200);
    });

    it('takes the same letters for the same, composed or not', async () => {
      const account = fresh({ password: 'cafe\u0301 au lait, s.v.p.' });
      await post('register', account);
      const answer = await post('login', { identifier: account.username, password: 'caf\u00e9 au lait, s.v.p.' });
      expect(answer.status).toBe(200);
    });
  });

  it('tells strangers the rules of passwords and whether they may register', async () => {
    const { body } = await app.http<AuthPolicy>('GET', '/api/auth/policy');
    expect(body).toEqual({ password: { minLength: 8, maxLength: 256 }, signup: 'open' });
  });

  describe('changing its password', () => {
    const NEXT = 'another good sentence';

    it('needs the present one, and says at which field', async () => {
      const answer = await ada.api('POST', '/api/auth/password', { currentPassword: 'wrong', newPassword: NEXT });
      expect([answer.status, codeOf(answer), faultsOf(answer)]).toEqual([
        403,
        'wrong-password',
        ['currentPassword wrong'],
      ]);
    });

    it('holds the new one against the same rules', async () => {
      const change = (newPassword: unknown) =>
        ada.api('POST', '/api/auth/password', { currentPassword: PASSWORD, newPassword });
      expect(faultsOf(await change('short'))).toEqual(['newPassword min-length']);
      expect(faultsOf(await change('qwertyuiop'))).toEqual(['newPassword common']);
      expect(faultsOf(await change({ $ne: 1 }))).toEqual(['newPassword text']);
    });

    it('is signed in to with the new one alone', async () => {
      const person = await registerPerson(app);
      const { status } = await person.api('POST', '/api/auth/password', {
        currentPassword: PASSWORD,
        newPassword: NEXT,
      });
      expect(status).toBe(204);
      const as = async (password: string) =>
        (await post('login', { identifier: person.user.username, password })).status;
      expect([await as(PASSWORD), await as(NEXT)]).toEqual([401, 200]);
    });

    it('is not open to strangers', async () => {
      expect((await post('password', { currentPassword: PASSWORD, newPassword: NEXT })).status).toBe(401);
    });
  });

  describe('from another site', () => {
    it.each(['register', 'login', 'refresh', 'logout'])('cannot %s', async (path) => {
      const body = path === 'register' ? fresh() : { identifier: 'ada', password: PASSWORD };
      const foreign = await post(path, body, { origin: 'https://elsewhere.example' });
      const crossSite = await post(path, body, { 'sec-fetch-site': 'cross-site' });
      expect([foreign.status, crossSite.status]).toEqual([403, 403]);
      expect([...foreign.headers.getSetCookie(), ...crossSite.headers.getSetCookie()]).toEqual([]);
    });

    it.each(['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data'])(
      'cannot sign in with a form of %s',
      async (type) => {
        const answer = await app.http('POST', '/api/auth/login', {
          body: `identifier=ada&password=${PASSWORD}`,
          headers: { 'content-type': type },
        });
        expect(answer.status).toBe(415);
      },
    );

    it('is let in where it is our own', async () => {
      const own = await post('login', { identifier: 'ada', password: PASSWORD }, { origin: app.url });
      expect(own.status).toBe(200);
    });
  });
});

describe('A server that is closed', () => {
  it.each([
    ['closed', 'signup-closed'],
    ['invite', 'invitation-required'],
  ])('takes no new accounts when sign-up is %s, and says so', async (signup, code) => {
    const app = await startTestApp({ SIGNUP: signup });
    try {
      const answer = await app.http('POST', '/api/auth/register', {
        json: { username: 'somebody', email: 'somebody@example.test', password: PASSWORD },
      });
      expect([answer.status, codeOf(answer)]).toEqual([403, code]);
      const policy = await app.http<AuthPolicy>('GET', '/api/auth/policy');
      expect(policy.body.signup).toBe(signup);
    } finally {
      await app.close();
    }
  });
});

describe('A stored hash', () => {
  it('is made stronger at the next sign-in when the cost has risen', async () => {
    const first = await startTestApp();
    const person = await registerPerson(first);
    await first.close({ keepData: true });
    const app = await startTestApp({ DATA_DIR: first.dataDir, BCRYPT_COST: '5' });
    try {
      const model = app.app.get<Model<CredentialRecord>>(getModelToken(CREDENTIAL_MODEL));
      const login = () =>
        app.http('POST', '/api/auth/login', { json: { identifier: person.user.username, password: PASSWORD } });
      expect((await login()).status).toBe(200);
      expect((await model.findById(person.user.id).lean())?.passwordHash).toMatch(/^v1\$p1\$\$2b\$05\$/);
      expect((await login()).status).toBe(200);
    } finally {
      await app.close();
    }
  });
});
