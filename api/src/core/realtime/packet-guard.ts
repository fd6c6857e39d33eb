import { type Ack, FRAME } from '@parlance/contracts';
import { DomainError, TooManyRequests, toProblem, UnknownEvent, ValidationFailed } from '../errors/index.js';
import { isDeeperThan } from '../validation/index.js';
import type { RealtimeSocket } from './realtime-socket.js';
import type { SocketRequests } from './requests-in-flight.js';
import type { SocketMetrics } from './socket-metrics.js';
import type { SocketAllowance } from './socket-limits.js';

export type AckFunction = (answer: Ack<never>) => void;

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
  if (ArrayBuffer.isView(payload[0])) throw new DomainError(ValidationFailed, { detail: 'Send JSON, not bytes.' });
  if (isDeeperThan(payload[0], FRAME.maxDepth)) {
    throw new DomainError(ValidationFailed, { detail: `Nest at most ${FRAME.maxDepth} levels deep.` });
  }
}

/** What a packet has to get past, and what counts it. */
export interface PacketGuards {
  readonly allowance: SocketAllowance;
  readonly inFlight: SocketRequests;
  readonly metrics: SocketMetrics;
}

/**
 * Stands before every handler of a socket. Whatever a client emits leaves here as exactly (event, payload, ack), so
 * that a missing argument, one too many or a missing ack can surprise nobody behind it.
 */
export function guardPackets(socket: RealtimeSocket, { allowance, inFlight, metrics }: PacketGuards): void {
  socket.use((packet, next) => {
    const [event, ...rest] = packet as unknown[];
    const last = rest.at(-1);
    const answer: AckFunction = typeof last === 'function' ? (rest.pop() as AckFunction) : () => undefined;
    const isKnown = typeof event === 'string' && !RESERVED.has(event) && socket.listenerCount(event) > 0;
    const ack = metrics.counted(isKnown ? event : 'unknown', answer);
    try {
      check(socket, event, rest, allowance);
      packet.splice(1, packet.length - 1, rest[0], inFlight.track(ack));
    } catch (error) {
      ack({ ok: false, problem: toProblem(error) });
      return;
    }
    next();
  });
}
