import { randomBytes } from 'node:crypto';
import type { Conversation, OwnUser, SessionGrant } from '@parlance/contracts';
import type { Answer, RequestOptions, TestApp } from './test-app.js';

export const PASSWORD = 'correct horse battery';

/** Somebody who has an account and is signed in. */
export interface Person {
  user: OwnUser;
  accessToken: string;
  /** Value for a `Cookie` header, as the server has set them. */
  cookie: string;
  password: string;
  /** A request in this person's name. */
  api<T = unknown>(method: string, path: string, json?: unknown, options?: RequestOptions): Promise<Answer<T>>;
}

/** Cookies of an answer as a browser would send them back. */
export function cookiesOf(answer: Answer): string {
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}

function asPerson(app: TestApp, grant: SessionGrant, cookie: string): Person {
  return {
    user: grant.user,
    accessToken: grant.accessToken,
    cookie,
    password: PASSWORD,
    api: (method, path, json, options = {}) =>
      app.http(method, path, {
        ...options,
        ...(json !== undefined && { json }),
        headers: { authorization: `Bearer ${grant.accessToken}`, ...options.headers },
      }),
  };
}

/** Makes an account; the username is free unless it is given. */
export async function registerPerson(
  app: TestApp,
  username = `sample-${randomBytes(5).toString('hex')}`,
): Promise<Person> {
  const answer = await app.http<SessionGrant>('POST', '/api/auth/register', {
    json: { username, email: `${username}@example.test`, password: PASSWORD, displayName: `Sample ${username}` },
  });
  if (answer.status !== 201) throw new Error(`Registering answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return asPerson(app, answer.body, cookiesOf(answer));
}

/** Signs somebody in once more, as from another device. */
export async function signInAgain(app: TestApp, person: Person): Promise<Person> {
  const answer = await app.http<SessionGrant>('POST', '/api/auth/login', {
    json: { identifier: person.user.username, password: person.password },
  });
  if (answer.status !== 200) throw new Error(`Signing in answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return asPerson(app, answer.body, cookiesOf(answer));
}

/** The direct conversation of two people, made if need be. */
export async function conversationOf(one: Person, other: Person): Promise<Conversation> {
  const answer = await one.api<Conversation>('POST', '/api/conversations', { kind: 'direct', userId: other.user.id });
  if (answer.status !== 201 && answer.status !== 200)
    throw new Error(`Opening a conversation answered ${answer.status}`);
  return answer.body;
}
