import { randomUUID } from 'node:crypto';
import { io } from 'socket.io-client';
import { connectBarely } from './bare-client.mjs';

/**
 * A process that plays people on the real protocol and does what its parent says: `connect` pairs, talk in a `closed`
 * loop or an `open` one, `count`, `stop`. A message counts when it was acknowledged and received.
 */
const TEXT_BYTES = 140;
const PROTOCOL_VERSION = 1;
const users = [];
/** Sockets that were opened and are left alone. */
const idle = [];
const inFlight = new Map();
let serial = 0;
let done = 0;
let refused = 0;
let latencies = [];
let running = false;

const textOf = (key) => `${key} `.padEnd(TEXT_BYTES, 'lorem ipsum dolor sit amet ');

function connectUser(url, me, other, conversationId) {
  const socket = io(url, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    auth: { token: me.token, userId: me.id, protocol: PROTOCOL_VERSION },
  });
  const user = { socket, me, other, conversationId };
  socket.on('message:created', ({ body, senderId }) => {
    // One's own message comes to one's own devices, too.
    if (senderId !== me.id) arrived(body.slice(0, body.indexOf(' ')), 'received');
  });
  users.push(user);
  return new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
}

function arrived(key, what) {
  const message = inFlight.get(key);
  if (!message) return;
  message[what] = true;
  if (what === 'received') latencies.push(performance.now() - message.due);
  if (!message.acked || !message.received) return;
  inFlight.delete(key);
  done += 1;
  message.next?.();
}

/** `due` is when it should have been sent: a server that holds senders up does not look faster for it. */
function send({ socket, other, conversationId }, due, next) {
  const key = `${process.pid}-${++serial}`;
  inFlight.set(key, { due, next });
  socket.emit('message:send', { ...target(other, conversationId), body: textOf(key) }, (answer) => {
    if (answer.ok) return arrived(key, 'acked');
    refused += 1;
    inFlight.delete(key);
    next?.();
  });
}

let target;
const targets = {
  api: (_other, conversationId) => ({ conversationId, clientId: randomUUID() }),
  relay: (other) => ({ to: other.id }),
};

const commands = {
  async connect({ url, kind, pairs }) {
    target = targets[kind];
    for (const { conversationId, people } of pairs) {
      const [one, other] = people;
      await Promise.all([connectUser(url, one, other, conversationId), connectUser(url, other, one, conversationId)]);
    }
  },
  closed({ window }) {
    running = true;
    for (const user of users) {
      const again = () => running && send(user, performance.now(), again);
      for (let slot = 0; slot < window; slot++) again();
    }
  },
  open({ rate }) {
    running = true;
    const began = performance.now();
    let sent = 0;
    const tick = () => {
      if (!running) return;
      const owed = ((performance.now() - began) / 1000) * rate;
      for (; sent < owed; sent++) send(users[sent % users.length], began + (sent / rate) * 1000);
      setTimeout(tick, 1);
    };
    tick();
  },
  /** What was done since the last time. */
  count() {
    const answer = { done, refused, waiting: inFlight.size, latencies };
    [done, refused, latencies] = [0, 0, []];
    return answer;
  },
  stop() {
    running = false;
  },
  /** A socket for each of these, all at once, left alone; answers the milliseconds until all stand. */
  async hold({ url, people }) {
    const began = performance.now();
    const opened = people.map(({ id, token }) => connectBarely(url, { token, userId: id, protocol: PROTOCOL_VERSION }));
    idle.push(...(await Promise.all(opened)));
    return performance.now() - began;
  },
  disconnect() {
    for (const { socket } of users.splice(0)) socket.close();
    for (const socket of idle.splice(0)) socket.close();
  },
};

process.on('message', async ({ id, name, ...args }) => {
  try {
    process.send({ id, result: await commands[name](args) });
  } catch (error) {
    process.send({ id, error: error.message });
  }
});
process.on('disconnect', () => process.exit(0));
