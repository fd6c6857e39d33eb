import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getModelToken } from '@nestjs/mongoose';
import type { SessionGrant } from '@parlance/contracts';
import { type Model, trusted } from 'mongoose';
import { SESSION_MODEL, type SessionRecord } from '../src/auth/session.schema.js';
import { connect, ConnectRefused, registerPerson, signInAgain, startTestApp, type TestApp } from './support/index.js';

describe('A session on a socket', () => {
  let app: TestApp;
  let sessions: Model<SessionRecord>;

  beforeAll(async () => {
    app = await startTestApp();
    sessions = app.app.get(getModelToken(SESSION_MODEL));
  });
  afterAll(() => app.close());

  it('is refused when it has ended, and no other is, however many connect in the same moment', async () => {
    const people = await Promise.all(Array.from({ length: 24 }, () => registerPerson(app)));
    // In the database alone, as another node would.
    const removed = people.filter((_, n) => n % 3 === 0).map(({ user }) => user.id);
    const overdue = people.filter((_, n) => n % 3 === 1).map(({ user }) => user.id);
    await sessions.deleteMany({ userId: trusted({ $in: removed }) });
    await sessions.updateMany({ userId: trusted({ $in: overdue }) }, { $set: { expiresAt: new Date(Date.now() - 1) } });

    const attempts = await Promise.allSettled(people.map((person) => connect(app, person)));
    const outcomes = attempts.map((attempt) => {
      if (attempt.status === 'fulfilled') return 'connected';
      return attempt.reason instanceof ConnectRefused ? attempt.reason.problem?.status : attempt.reason;
    });
    expect(outcomes).toEqual(people.map((_, n) => (n % 3 === 2 ? 'connected' : 401)));
    for (const attempt of attempts) if (attempt.status === 'fulfilled') attempt.value.close();
  });

  it('goes on with a new token of the same session', async () => {
    const person = await registerPerson(app);
    const device = await connect(app, person);
    const { body } = await app.http<SessionGrant>('POST', '/api/auth/refresh', {
      json: {},
      headers: { cookie: person.cookie },
    });
    expect(await device.request('auth:refresh', { token: body.accessToken })).toEqual({ ok: true });
    device.close();
  });

  it('does not go on with a token of another session, of another person, or of nobody', async () => {
    const person = await registerPerson(app);
    const device = await connect(app, person);
    const codes = async (token: string) => {
      const ack = await device.request('auth:refresh', { token });
      return ack.ok ? 'ok' : ack.problem.status;
    };
    expect(await codes((await signInAgain(app, person)).accessToken)).toBe(403);
    expect(await codes((await registerPerson(app)).accessToken)).toBe(403);
    expect(await codes('not.a.token')).toBe(401);
    device.close();
  });

  it('refuses an operator in place of a token, naming field and rule', async () => {
    const device = await connect(app, await registerPerson(app));
    expect(await device.send('auth:refresh', { token: { $ne: null } })).toMatchObject({
      ok: false,
      problem: { status: 400, errors: [{ path: 'token', rule: 'text' }] },
    });
    device.close();
  });
});
