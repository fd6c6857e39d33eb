import type { Conversation, SessionGrant } from '@parlance/contracts';

/** Somebody with an account. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly token: string;
}

/** A request straight to the API, past the proxy. Fails unless it answers with success. */
export async function ask<T>(url: string, method: string, path: string, token?: string, json?: unknown): Promise<T> {
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(json !== undefined && { 'content-type': 'application/json' }),
    },
    body: json === undefined ? null : JSON.stringify(json),
  });
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

/** Makes an account. */
export async function register(url: string, name: string): Promise<Person> {
  const username = `sample-${name}`;
  const grant = await ask<SessionGrant>(url, 'POST', '/api/auth/register', undefined, {
    username,
    email: `${username}@example.test`,
    password: 'correct horse battery',
  });
  return { id: grant.user.id, name, token: grant.accessToken };
}

/** The conversation of two people, made if need be; answers its id. */
export async function conversationOf(url: string, one: Person, other: Person): Promise<string> {
  const conversation = await ask<Conversation>(url, 'POST', '/api/conversations', one.token, {
    kind: 'direct',
    userId: other.id,
  });
  return conversation.id;
}
