import { JwtService } from '@nestjs/jwt';
import { describe, expect, it } from '@jest/globals';
import { Env } from '../config/env.js';
import { Unauthenticated } from '../errors/index.js';
import { AccessTokens } from './access-tokens.js';

const OLD = 'old-key-'.repeat(5);
const NEW = 'new-key-'.repeat(5);
const caller = { userId: 'u1', sessionId: 's1', role: 'member' } as const;
const claims = { iss: 'parlance', aud: 'parlance-api', sub: 'u1', sid: 's1', role: 'admin', exp: 4_102_444_800 };
const jwt = new JwtService({});

const tokens = (settings: Partial<Env> = {}) =>
  new AccessTokens(Object.assign(new Env(), { accessTokenSecret: NEW }, settings));
const forged = (payload: object, header: object = {}, secret = NEW) =>
  jwt.sign(payload, { secret, header: { alg: 'HS256', typ: 'at+jwt', ...header } });
const refused = (token: string, issuer = tokens()) =>
  expect(() => issuer.verify(token)).toThrow(expect.objectContaining({ type: Unauthenticated }));

describe('AccessTokens', () => {
  it('recognises whom it issued a token to', async () => {
    const { accessToken, expiresAt } = await tokens().issue(caller);
    expect(tokens().verify(accessToken)).toEqual({ ...caller, expiresAt });
  });

  it('issues tokens for as long as configured', async () => {
    const { expiresAt } = await tokens({ accessTokenSeconds: 60 }).issue(caller);
    expect(Math.abs(expiresAt.getTime() - Date.now() - 60_000)).toBeLessThan(2_000);
  });

  it('says what kind of token it is and never issues the same twice', async () => {
    const decode = async () => {
      const { accessToken } = await tokens().issue(caller);
      return jwt.decode(accessToken, { complete: true }) as unknown as { header: object; payload: { jti: string } };
    };
    const [one, other] = [await decode(), await decode()];
    expect(one.header).toMatchObject({ alg: 'HS256', typ: 'at+jwt' });
    expect(one.payload.jti).not.toBe(other.payload.jti);
  });

  it('still accepts tokens of the previous key, and no others', async () => {
    const { accessToken } = await tokens({ accessTokenSecret: OLD }).issue(caller);
    expect(tokens({ accessTokenSecretPrevious: OLD }).verify(accessToken)).toMatchObject(caller);
    refused(accessToken);
  });

  it('is lenient for half a minute', () => {
    const now = Math.floor(Date.now() / 1000);
    expect(tokens().verify(forged({ ...claims, exp: now - 20 }))).toMatchObject({ userId: 'u1' });
    refused(forged({ ...claims, exp: now - 40 }));
  });

  it('would accept the claims that the following tests spoil', () => {
    expect(tokens().verify(forged(claims))).toMatchObject({ role: 'admin' });
  });

  it.each([
    ['nothing', ''],
    ['something else', 'not.a.token'],
    ['another issuer', forged({ ...claims, iss: 'other' })],
    ['another audience', forged({ ...claims, aud: 'other' })],
    ['another kind', forged(claims, { typ: 'JWT' })],
    ['another key', forged(claims, {}, OLD)],
    [
      'another algorithm',
      jwt.sign(claims, { secret: NEW, header: { alg: 'HS512', typ: 'at+jwt' }, algorithm: 'HS512' }),
    ],
    [
      'no signature',
      [{ alg: 'none', typ: 'at+jwt' }, claims]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.') + '.',
    ],
  ])('refuses a token of %s', (_, token) => refused(token));
});
