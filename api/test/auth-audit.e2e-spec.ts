import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LoggerService } from '@nestjs/common';
import type { SessionGrant } from '@parlance/contracts';
import { PASSWORD, registerPerson, startTestApp, type TestApp } from './support/index.js';

describe('The audit trail', () => {
  let app: TestApp;
  const lines: string[] = [];
  const keep = (...parts: unknown[]) => void lines.push(parts.map(String).join(' '));
  const logger: LoggerService = { log: keep, warn: keep, error: keep };

  beforeAll(async () => {
    app = await startTestApp();
    app.app.useLogger(logger);
  });
  afterAll(() => app.close());

  it('tells who came in, who was refused and what was revoked, and never a secret', async () => {
    const person = await registerPerson(app);
    const { id, username, email } = person.user;
    const login = (password: string) =>
      app.http<SessionGrant>('POST', '/api/auth/login', { json: { identifier: username, password } });
    await login('a guess of somebody');
    await app.http('POST', '/api/auth/login', { json: { identifier: 'my secret in the wrong field', password: 'x' } });
    const { body } = await login(PASSWORD);
    await person.api('POST', '/api/auth/password', { currentPassword: 'a wrong one', newPassword: 'x' });
    await person.api('POST', '/api/auth/password', { currentPassword: PASSWORD, newPassword: 'another good sentence' });
    await app.http('POST', '/api/auth/logout', { json: {}, headers: { cookie: person.cookie } });

    const trail = lines.filter((line) => line.endsWith(' Audit')).join('\n');
    for (const line of [
      `registered user=${id} role=admin address=127.0.0.1`,
      `signed-in user=${id} session=`,
      `sign-in-refused user=${id} address=127.0.0.1`,
      'sign-in-refused user=unknown address=127.0.0.1',
      `password-change-refused user=${id} address=127.0.0.1`,
      `password-changed user=${id} address=127.0.0.1`,
    ]) {
      expect(trail).toContain(line);
    }
    expect(trail).toMatch(new RegExp(`session-ended user=${id} session=\\w+ reason=password-changed`));
    expect(trail).toMatch(new RegExp(`session-ended user=${id} session=\\w+ reason=signed-out`));

    const everything = lines.join('\n');
    const cookies = person.cookie.split('; ').map((cookie) => cookie.slice(cookie.indexOf('=') + 1));
    for (const secret of [
      PASSWORD,
      'a guess of somebody',
      'my secret in the wrong field',
      'another good sentence',
      body.accessToken,
      email,
      ...cookies,
    ]) {
      expect(everything).not.toContain(secret);
    }
  });
});
