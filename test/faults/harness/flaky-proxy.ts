import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import type { Random } from './random';

/** What the network does to bytes that arrive at it. Times in milliseconds. */
export interface Weather {
  /** Every piece waits so long, at least and at most; order within a connection is kept, as TCP keeps it. */
  delay?: readonly [number, number];
  /** Every new connection waits so long before it reaches the server, so that later ones overtake it. */
  opening?: readonly [number, number];
  /** New connections are taken and lead nowhere. */
  deaf?: boolean;
}

type Direction = 'up' | 'down';

/** One connection through the proxy. `stopped` directions take bytes and forward none, now or ever. */
interface Line {
  readonly client: Socket;
  readonly server: Socket;
  readonly stopped: Set<Direction>;
  /** Nothing is read in this direction, so that the sender's buffers fill up. */
  readonly held: Set<Direction>;
}

const isHarmed = ({ stopped, held }: Line) => stopped.size + held.size > 0;

/** A TCP proxy that does to connections what real networks do. */
export class FlakyProxy {
  private present: Weather = {};
  /** When it last did something to a connection, by `performance.now()`. */
  private disturbedAt = 0;
  private readonly lines = new Set<Line>();
  /** Clients that were taken while the proxy was deaf. */
  private readonly unheard = new Set<Socket>();
  private server: Server | undefined;
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(
    private readonly target: () => { host: string; port: number },
    private readonly random: Random,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${(this.server?.address() as AddressInfo).port}`;
  }

  get weather(): Weather {
    return this.present;
  }

  set weather(weather: Weather) {
    this.present = weather;
    this.disturb();
  }

  /** Milliseconds for which it has been a good network, for all that are on it; 0 while it is not. */
  get calmFor(): number {
    const isCalm = Object.keys(this.present).length === 0 && ![...this.lines].some(isHarmed);
    return isCalm ? performance.now() - this.disturbedAt : 0;
  }

  /** Connections that are open now. */
  get size(): number {
    return this.lines.size;
  }

  async listen(): Promise<void> {
    this.server = createServer((client) => this.accept(client));
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  /** Breaks a share of the connections, from 0 to 1; both ends are told. */
  cut(share = 1): void {
    this.disturb();
    for (const line of this.some(share)) this.close(line);
  }

  /** A share of the connections swallows everything from now on; nobody is told. */
  blackHole(share = 1): void {
    for (const { stopped } of this.some(share)) stopped.add('up').add('down');
  }

  /** What clients say still arrives; what the server answers does not. Nobody is told. */
  swallowAnswers(share = 1): void {
    for (const { stopped } of this.some(share)) stopped.add('down');
  }

  /** The server's end is gone; the client's stays open and hears nothing. */
  halfOpen(share = 1): void {
    for (const line of this.some(share)) {
      line.stopped.add('up').add('down');
      line.server.destroy();
    }
  }

  /** Nothing that the server sends is read any more, as by a device that is too slow, until `resume`. */
  holdAnswers(): void {
    for (const { held, server } of this.lines) {
      held.add('down');
      server.pause();
    }
  }

  resume(): void {
    this.disturb();
    for (const { held, server } of this.lines) {
      held.delete('down');
      server.resume();
    }
  }

  async end(): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer);
    this.cut();
    for (const client of this.unheard) client.destroy();
    const { server } = this;
    if (!server) return;
    const closed = once(server, 'close');
    server.close();
    await closed;
  }

  private disturb(): void {
    this.disturbedAt = performance.now();
  }

  private some(share: number): Line[] {
    return [...this.lines].filter(() => share >= 1 || this.random.next() < share);
  }

  private accept(client: Socket): void {
    client.on('error', () => client.destroy());
    if (this.weather.deaf) {
      this.unheard.add(client);
      client.on('close', () => this.unheard.delete(client)).resume();
      return;
    }
    this.after(this.weather.opening, () => this.open(client));
  }

  private open(client: Socket): void {
    if (client.destroyed) return;
    const server = connect({ ...this.target(), noDelay: true });
    client.setNoDelay(true);
    const line: Line = { client, server, stopped: new Set(), held: new Set() };
    this.lines.add(line);
    this.forward(line, client, server, 'up');
    this.forward(line, server, client, 'down');
  }

  private forward(line: Line, from: Socket, to: Socket, direction: Direction): void {
    let last = Promise.resolve();
    from.on('data', (chunk: Buffer) => {
      if (line.stopped.has(direction)) return;
      const { delay } = this.weather;
      last = last
        .then(() => this.waited(delay))
        .then(() => {
          if (!to.destroyed && !line.stopped.has(direction)) to.write(chunk);
        });
    });
    from.on('error', () => undefined);
    from.on('close', () => {
      // A line that has gone dead tells nobody.
      if (line.stopped.size === 2 && from === line.server) return;
      void last.then(() => this.close(line));
    });
  }

  private waited(range: readonly [number, number] | undefined): Promise<void> | undefined {
    return range && new Promise((resolve) => this.after(range, resolve));
  }

  private after(range: readonly [number, number] | undefined, run: () => void): void {
    if (!range) return run();
    const timer = setTimeout(
      () => {
        this.timers.delete(timer);
        run();
      },
      this.random.between(range[0], range[1]),
    );
    this.timers.add(timer);
  }

  private close(line: Line): void {
    if (isHarmed(line)) this.disturb();
    this.lines.delete(line);
    line.client.destroy();
    line.server.destroy();
  }
}
