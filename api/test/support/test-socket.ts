import { once } from 'node:events';
import {
  type Ack,
  type Problem,
  PROTOCOL_VERSION,
  type SocketFactName,
  type SocketFacts,
  type SocketRequestName,
  type SocketRequests,
} from '@parlance/contracts';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import type { Person } from './person.js';
import type { TestApp } from './test-app.js';

const WAIT_MS = 10_000;

/** A real device on a real socket. Facts are kept from the moment of connecting, so none can be missed. */
export class TestSocket {
  private readonly facts: { event: string; fact: unknown }[] = [];
  private readonly waiting = new Set<() => void>();

  private constructor(readonly socket: Socket) {
    socket.onAny((event: string, fact: unknown) => {
      this.facts.push({ event, fact });
      for (const look of [...this.waiting]) look();
    });
  }

  /** Connects, or fails with the server's problem as `ConnectRefused`. */
  static async connect(
    app: TestApp,
    auth: Record<string, unknown>,
    options: Partial<ManagerOptions & SocketOptions> = {},
  ): Promise<TestSocket> {
    const device = new TestSocket(
      io(app.url, { transports: ['websocket'], forceNew: true, reconnection: false, auth, ...options }),
    );
    await new Promise<void>((resolve, reject) => {
      device.socket.once('connect', resolve);
      device.socket.once('connect_error', (error: Error & { data?: Problem }) => {
        device.socket.close();
        reject(new ConnectRefused(error.message, error.data));
      });
    });
    return device;
  }

  get id(): string {
    return this.socket.id ?? '';
  }

  /** A request as the contract has it. */
  request<E extends SocketRequestName>(
    event: E,
    payload: SocketRequests[E]['payload'],
  ): Promise<Ack<SocketRequests[E]['data']>> {
    return this.send(event, payload) as Promise<Ack<SocketRequests[E]['data']>>;
  }

  /** Whatever arguments, with an ack behind them: for what the contract does not allow. */
  send(event: string, ...args: unknown[]): Promise<Ack<unknown>> {
    return this.socket.timeout(WAIT_MS).emitWithAck(event, ...args) as Promise<Ack<unknown>>;
  }

  /** The data of a request that must succeed. */
  async ok<E extends SocketRequestName>(
    event: E,
    payload: SocketRequests[E]['payload'],
  ): Promise<SocketRequests[E]['data']> {
    const ack = await this.request(event, payload);
    if (!ack.ok) throw new Error(`${event} was refused: ${JSON.stringify(ack.problem)}`);
    return ack.data;
  }

  /** The next fact of this name that fits, arrived or to come; each is given once. */
  next<E extends SocketFactName>(
    event: E,
    fits: (fact: SocketFacts[E]) => boolean = () => true,
  ): Promise<SocketFacts[E]> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const index = this.facts.findIndex((entry) => entry.event === event && fits(entry.fact as SocketFacts[E]));
        if (index < 0) return;
        const [found] = this.facts.splice(index, 1);
        clearTimeout(timer);
        this.waiting.delete(look);
        resolve(found?.fact as SocketFacts[E]);
      };
      const timer = setTimeout(() => {
        this.waiting.delete(look);
        reject(new Error(`No ${event} arrived within ${WAIT_MS} ms.`));
      }, WAIT_MS);
      this.waiting.add(look);
      look();
    });
  }

  /** Facts of this name that have arrived and were not taken by `next`. */
  seen<E extends SocketFactName>(event: E): SocketFacts[E][] {
    return this.facts.filter((entry) => entry.event === event).map((entry) => entry.fact as SocketFacts[E]);
  }

  /** Resolves when the server or the network has closed it. */
  async closed(): Promise<void> {
    if (!this.socket.connected) return;
    await once(this.socket as unknown as NodeJS.EventEmitter, 'disconnect');
  }

  close(): void {
    this.socket.close();
  }
}

/** The server refused the handshake. */
export class ConnectRefused extends Error {
  constructor(
    message: string,
    readonly problem: Problem | undefined,
  ) {
    super(message);
  }
}

/** Connects a device of somebody who is signed in. */
export function connect(app: TestApp, person: Pick<Person, 'accessToken'>): Promise<TestSocket> {
  return TestSocket.connect(app, { token: person.accessToken, protocol: PROTOCOL_VERSION });
}
