import { type Ack, FRAME } from '@parlance/contracts';
import { DomainError, TooManyRequests, toProblem, UnknownEvent, ValidationFailed } from '../errors/index.js';
import type { RealtimeSocket } from './realtime-socket.js';
import type { SocketAllowance } from './socket-limits.js';

type AckFunction = (answer: Ack<never>) => void;

/** Names that Socket.IO and Node give a meaning of their own. */
const RESERVED = new Set([
  'error',
  'connect',
  'connect_error',
  'disconnect',
  'disconnecting',
  'newListener',
  'removeListener',
]);

/** Whether a value nests deeper than `limit`; walks no further than that. */
export function isDeeperThan(value: unknown, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return limit === 0 || Object.values(value).some((child) => isDeeperThan(child, limit - 1));
}

function check(socket: RealtimeSocket, event: unknown, payload: readonly unknown[], allowance: SocketAllowance): void {
  const verdict = allowance.take(typeof event === 'string' ? event : '');
  if (!verdict.allowed) {
    if (verdict.abusive) socket.disconnect(true);
    throw new DomainError(TooManyRequests, { retryAfter: verdict.retryAfter });
  }
  if (typeof event !== 'string' || RESERVED.has(event) || socket.listenerCount(event) === 0)
    throw new DomainError(UnknownEvent);
  if (payload.length > 1) {
    throw new DomainError(ValidationFailed, {
      detail: 'Send one object and, if an answer is wanted, an acknowledgement.',
    });
  }
  if (isDeeperThan(payload[0], FRAME.maxDepth)) {
    throw new DomainError(ValidationFailed, { detail: `Nest at most ${FRAME.maxDepth} levels deep.` });
  }
}

/**
 * Stands before every handler of a socket. Whatever a client emits leaves here as exactly (event, payload, ack), so
 * that a missing argument, one too many or a missing ack can surprise nobody behind it.
 */
export function guardPackets(socket: RealtimeSocket, allowance: SocketAllowance): void {
  socket.use((packet, next) => {
    const [event, ...rest] = packet as unknown[];
    const last = rest.at(-1);
    const ack: AckFunction = typeof last === 'function' ? (rest.pop() as AckFunction) : () => undefined;
    try {
      check(socket, event, rest, allowance);
    } catch (error) {
      ack({ ok: false, problem: toProblem(error) });
      return;
    }
    packet.splice(1, packet.length - 1, rest[0], ack);
    next();
  });
}
