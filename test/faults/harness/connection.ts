import {
  type Ack,
  type Problem,
  PROBLEM_TYPE_PREFIX,
  PROTOCOL_VERSION,
  type SocketRequestName,
  type SocketRequests,
} from '@parlance/contracts';
import { io, type Socket } from 'socket.io-client';
import type { Random } from './random';

/** Shorter than the client's, so that cases are short. */
const ACK_TIMEOUT_MS = 1_500;
const HTTP_TIMEOUT_MS = 3_000;

/** What the server said no with, or status 0 when it said nothing. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.title);
  }
}

export const silence = (title: string): Problem => ({ type: `${PROBLEM_TYPE_PREFIX}unreachable`, title, status: 0 });

/** Whatever went wrong, as a problem. */
export const describeError = (error: unknown): Problem =>
  error instanceof Refused ? error.problem : silence(error instanceof Error ? error.message : 'unknown');

/** A device's two ways to the server, both through the proxy. */
export class Connection {
  readonly socket: Socket;
  /** When it was connected, by `performance.now()`; undefined while it is not. */
  since: number | undefined;
  /** Why the last attempt to connect failed, or the connection ended. */
  private reason = 'not yet tried';
  private isClosed = false;
  /** Requests over HTTP that are on their way. */
  private readonly requests = new Set<AbortController>();

  constructor(
    private readonly url: string,
    private readonly token: string,
    chance: Random,
    connected: () => void,
  ) {
    this.socket = io(url, {
      transports: ['websocket'],
      forceNew: true,
      auth: { token, protocol: PROTOCOL_VERSION },
      // Jitter of our own in place of Socket.IO's, which no seed repeats.
      reconnectionDelay: chance.between(25, 75),
      reconnectionDelayMax: chance.between(250, 500),
      randomizationFactor: 0,
      timeout: 2_000,
    });
    this.socket.on('connect', () => {
      this.since = performance.now();
      connected();
    });
    this.socket.on('disconnect', (reason) => {
      this.since = undefined;
      this.reason = reason;
      if (reason === 'io server disconnect') this.socket.connect();
    });
    this.socket.on('connect_error', (error: Error & { data?: Problem }) => {
      this.reason = error.data?.title ?? error.message;
      // After a refusal Socket.IO leaves a socket closed.
      if (!this.socket.active) setTimeout(() => !this.isClosed && this.socket.connect(), 200);
    });
  }

  /** One request over the socket; rejects with `Refused`. */
  async request<E extends SocketRequestName>(
    event: E,
    payload: SocketRequests[E]['payload'],
  ): Promise<SocketRequests[E]['data']> {
    if (!this.socket.connected) throw new Refused(silence(`not connected: ${this.reason}`));
    let answer: Ack<SocketRequests[E]['data']>;
    try {
      answer = (await this.socket.timeout(ACK_TIMEOUT_MS).emitWithAck(event, payload)) as typeof answer;
    } catch {
      throw new Refused(silence(`no answer to ${event}`));
    }
    if (!answer.ok) throw new Refused(answer.problem);
    return answer.data;
  }

  /** One request over HTTP; rejects with `Refused`. */
  async get<T>(path: string): Promise<T> {
    // Not `AbortSignal.timeout` within `AbortSignal.any`, which Node 20 may collect before its time: what the network has
    // swallowed would be waited for as long as the device lives (nodejs/node#57736).
    const request = new AbortController();
    this.requests.add(request);
    const timer = setTimeout(() => request.abort(), HTTP_TIMEOUT_MS);
    try {
      const headers = { authorization: `Bearer ${this.token}` };
      const response = await fetch(this.url + path, { headers, signal: request.signal });
      const body: unknown = await response.json();
      if (!response.ok) throw new Refused(body as Problem);
      return body as T;
    } finally {
      clearTimeout(timer);
      this.requests.delete(request);
    }
  }

  close(): void {
    this.isClosed = true;
    for (const request of this.requests) request.abort();
    this.socket.close();
    this.since = undefined;
  }
}
