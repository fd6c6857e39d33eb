import { JwtService } from '@nestjs/jwt';
import type { Problem } from '@parlance/contracts';
import { Env } from '../../src/core/config/env.js';
import { AccessTokens } from '../../src/core/identity/index.js';
import type { TestApp } from './test-app.js';
import { connect, ConnectRefused, type TestSocket } from './test-socket.js';

/** People of the probe's world, who have tokens and no accounts. */

let serial = 0;

/** A token for somebody new, or for who is given; `endsIn` is in seconds from now. */
export async function tokenFor(
  app: TestApp,
  who: { userId?: string; sessionId?: string; admin?: boolean; endsIn?: number } = {},
) {
  serial += 1;
  const { userId = `user-${serial}`, sessionId = `session-${serial}`, admin = false, endsIn } = who;
  const role = admin ? 'admin' : 'member';
  if (endsIn === undefined) {
    const { accessToken } = await app.app.get(AccessTokens).issue({ userId, sessionId, role });
    return { accessToken, userId, sessionId };
  }
  const accessToken = new JwtService({}).sign(
    {
      sid: sessionId,
      role,
      sub: userId,
      iss: 'parlance',
      aud: 'parlance-api',
      exp: Math.floor(Date.now() / 1000) + endsIn,
    },
    { secret: app.app.get(Env).accessTokenSecret, header: { alg: 'HS256', typ: 'at+jwt' } },
  );
  return { accessToken, userId, sessionId };
}

/** A device of somebody new, or of who is given. */
export const connectNew = async (app: TestApp, who?: Parameters<typeof tokenFor>[1]) =>
  connect(app, await tokenFor(app, who));

/** The problem with which an attempt to connect is refused; fails when it is not. */
export async function refusal(attempt: Promise<TestSocket>): Promise<Problem | undefined> {
  const error: unknown = await attempt.catch((thrown: unknown) => thrown);
  if (error instanceof ConnectRefused) return error.problem;
  throw new Error('It was not refused.');
}
