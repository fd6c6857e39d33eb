import { randomUUID } from 'node:crypto';
import { io } from 'socket.io-client';
import { ask, pair } from './people.mjs';

const REQUESTS = 200;
const BEHIND = 1_000;
const WIDTH = 200;

/** Writes so many messages into a new conversation, over one socket. */
async function filled(server, count) {
  const { conversationId, people } = await pair(server);
  const [{ token }] = people;
  const socket = io(server.url, { transports: ['websocket'], forceNew: true, auth: { token, protocol: 1 } });
  let next = 0;
  await new Promise((resolve) => socket.once('connect', resolve));
  await Promise.all(
    Array.from({ length: WIDTH }, async () => {
      while (next < count) {
        const body = `text ${++next} `.padEnd(140, 'lorem ipsum ');
        const answer = await socket.emitWithAck('message:send', { conversationId, clientId: randomUUID(), body });
        if (!answer.ok) throw new Error(`A message was refused: ${answer.problem.title}`);
      }
    }),
  );
  socket.close();
  return { path: `/api/conversations/${conversationId}`, token };
}

async function timed(count, work) {
  const times = [];
  for (let n = 0; n < count; n++) {
    const began = performance.now();
    await work(n);
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b)[Math.floor(count / 2)];
}

/** Milliseconds for a page of 50 somewhere in conversations of these lengths, and for 1,000 missed messages. */
export async function pages(server, lengths, say) {
  const answer = { page: {}, catchUp: 0 };
  for (const length of lengths) {
    say(`writing ${length.toLocaleString('en')} messages`);
    const { path, token } = await filled(server, length);
    const page = (n) =>
      ask(server, 'GET', `${path}/messages?before=${51 + ((n * 7_919) % (length - 51))}&limit=50`, token);
    await timed(REQUESTS, page);
    answer.page[length] = await timed(REQUESTS, page);
    if (length !== lengths[0]) continue;
    answer.catchUp = await timed(20, async () => {
      for (let after = length - BEHIND; after < length;) {
        after = (await ask(server, 'GET', `${path}/changes?after=${after}&limit=200`, token)).rev;
      }
    });
  }
  return answer;
}
