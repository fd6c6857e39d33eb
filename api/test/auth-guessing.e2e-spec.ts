import { afterEach, describe, expect, it } from '@jest/globals';
import type { Problem } from '@parlance/contracts';
import { type Answer, PASSWORD, registerPerson, startTestApp, type TestApp } from './support/index.js';

const typeOf = ({ body }: Answer) => (body as Problem).type;
const times = <T>(count: number, work: () => Promise<T>) => Promise.all(Array.from({ length: count }, work));

describe('Guessing passwords', () => {
  let app: TestApp;
  afterEach(() => app.close());

  const start = async (settings: Record<string, string>) => (app = await startTestApp(settings));
  const login = (identifier: string, password: string, headers: Record<string, string> = {}) =>
    app.http('POST', '/api/auth/login', { json: { identifier, password }, headers });
  const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status).sort();

  it('has to wait after so many failures, for somebody as for nobody', async () => {
    await start({ SIGN_IN_FAILURES: '3' });
    const { user } = await registerPerson(app);
    for (const name of [user.username, 'nobody-here']) {
      for (let failure = 1; failure <= 3; failure += 1) expect((await login(name, 'wrong')).status).toBe(401);
      const refused = await login(name, 'wrong');
      expect([refused.status, typeOf(refused)]).toEqual([429, 'urn:parlance:problem:too-many-attempts']);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    }
  });

  it('counts guesses at the same time', async () => {
    await start({ SIGN_IN_FAILURES: '3' });
    const { user } = await registerPerson(app);
    expect(statuses(await times(8, () => login(user.username, 'wrong')))).toEqual([
      401, 401, 401, 429, 429, 429, 429, 429,
    ]);
  });

  it('counts one account under all its names', async () => {
    await start({ SIGN_IN_FAILURES: '3' });
    const { user } = await registerPerson(app);
    await login(user.username, 'wrong');
    await login(user.email, 'wrong');
    await login(user.username.toUpperCase(), 'wrong');
    expect((await login(user.email, 'wrong')).status).toBe(429);
  });

  it('does not lock the owner out of a device that has signed in before', async () => {
    await start({ SIGN_IN_FAILURES: '3' });
    const { user, cookie } = await registerPerson(app);
    await times(6, () => login(user.username, 'wrong'));
    expect((await login(user.username, PASSWORD)).status).toBe(429);
    expect((await login(user.username, PASSWORD, { cookie })).status).toBe(200);
  });

  it('is slowed down on a known device as well', async () => {
    await start({ SIGN_IN_FAILURES: '3' });
    const { user, cookie } = await registerPerson(app);
    expect(statuses(await times(5, () => login(user.username, 'wrong', { cookie })))).toEqual([
      401, 401, 401, 429, 429,
    ]);
  });

  it('gains nothing from the device of somebody else, or from a forged one', async () => {
    await start({ SIGN_IN_FAILURES: '3' });
    const { user, cookie } = await registerPerson(app);
    const attacker = await registerPerson(app);
    await times(6, () => login(user.username, 'wrong'));
    const forged = cookie.replace(/parlance_device=([^;]+)/, (whole) => `${whole.slice(0, -4)}AAAA`);
    expect((await login(user.username, PASSWORD, { cookie: attacker.cookie })).status).toBe(429);
    expect((await login(user.username, PASSWORD, { cookie: forged })).status).toBe(429);
  });

  it('is slowed down over many accounts from one address', async () => {
    await start({ SIGN_IN_FAILURES: '1' });
    const answers: Answer[] = [];
    for (let guess = 1; guess <= 11; guess += 1) answers.push(await login(`somebody-${guess}`, 'wrong'));
    expect(statuses(answers)).toEqual([...Array<number>(10).fill(401), 429]);
  });

  it('is counted against the address that a proxy saw, only where there is a proxy', async () => {
    await start({ SIGN_IN_FAILURES: '3' });
    const { user } = await registerPerson(app);
    let claimed = 0;
    const answers = await times(6, () => login(user.username, 'wrong', { 'x-forwarded-for': `192.0.2.${claimed++}` }));
    expect(statuses(answers)).toEqual([401, 401, 401, 429, 429, 429]);
  });

  it('of one’s own present password is slowed down too', async () => {
    await start({ SIGN_IN_FAILURES: '3' });
    const person = await registerPerson(app);
    const change = () => person.api('POST', '/api/auth/password', { currentPassword: 'wrong', newPassword: 'x' });
    expect(statuses(await times(5, change))).toEqual([403, 403, 403, 429, 429]);
  });

  it('by a flood is turned away with a time to come back, and not counted against anybody', async () => {
    await start({ BCRYPT_COST: '11' });
    const { user } = await registerPerson(app);
    const answers = await times(60, () => login(user.username, 'wrong'));
    const busy = answers.filter(({ status }) => status === 503);
    expect(busy.length).toBeGreaterThanOrEqual(10);
    expect(typeOf(busy[0] as Answer)).toBe('urn:parlance:problem:overloaded');
    expect(Number(busy[0]?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await login(user.username, PASSWORD)).status).toBe(200);
  });
});
