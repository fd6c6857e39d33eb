import { randomBytes } from 'node:crypto';

/** How many are made at a time: passwords are hashed by few hands. */
const TOGETHER = 10;

/** A request that must succeed. */
export async function ask(server, method, path, token, json) {
  const response = await fetch(server.url + path, {
    method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(json && { 'content-type': 'application/json' }),
    },
    body: json ? JSON.stringify(json) : undefined,
  });
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

/** Somebody with an account: `{ id, token }`. */
export async function register(server) {
  const username = `sample-${randomBytes(5).toString('hex')}`;
  const { user, accessToken } = await ask(server, 'POST', '/api/auth/register', undefined, {
    username,
    email: `${username}@example.test`,
    password: 'correct horse battery',
  });
  return { id: user.id, token: accessToken };
}

/** Two people and their conversation. */
export async function pair(server) {
  const [one, other] = [await register(server), await register(server)];
  const { id } = await ask(server, 'POST', '/api/conversations', one.token, { kind: 'direct', userId: other.id });
  return { conversationId: id, people: [one, other] };
}

/** So many people without an account, as the relay takes them. */
export const strangers = (count) => Array.from({ length: count }, (_, n) => ({ id: `${n}` }));

/** So many people with an account and a session each. */
export async function crowd(server, count) {
  const made = [];
  while (made.length < count) {
    const some = Math.min(TOGETHER, count - made.length);
    made.push(...(await Promise.all(Array.from({ length: some }, () => register(server)))));
  }
  return made;
}

/** As many pairs, a few at a time. For the relay nobody needs an account. */
export async function pairs(server, count) {
  if (server.metric === undefined) {
    return Array.from({ length: count }, (_, n) => ({
      conversationId: `${n}`,
      people: [{ id: `${n}-a` }, { id: `${n}-b` }],
    }));
  }
  const made = [];
  while (made.length < count) {
    const some = Math.min(TOGETHER, count - made.length);
    made.push(...(await Promise.all(Array.from({ length: some }, () => pair(server)))));
  }
  return made;
}
