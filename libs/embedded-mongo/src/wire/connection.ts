import type { Socket } from 'node:net';
import { Frame } from './batch-frame.js';
import {
  HEADER_BYTES,
  MAX_MESSAGE_BYTES,
  ProtocolError,
  encodeFailure,
  encodeReply,
  isLegacy,
  parseMessage,
  type Reply,
  type Request,
} from './message.js';

/** Answers a request; what it throws becomes an error of MongoDB. */
export type Handler = (request: Request, connection: { readonly id: number }) => Promise<Reply> | Reply;

/** Most requests of one connection that wait before its socket is no longer read. */
const MAX_WAITING = 64;

/** One driver's connection: cuts the stream into messages and answers them one after the other. */
export class Connection {
  private chunks: Buffer[] = [];
  private size = 0;
  private waiting: Buffer[] = [];
  private busy = false;

  constructor(
    private readonly socket: Socket,
    readonly id: number,
    private readonly handle: Handler,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    // A peer that goes away is no error of the server's.
    socket.on('error', () => socket.destroy());
  }

  /** Ends the connection when the request that runs is answered. */
  async finish(): Promise<void> {
    this.waiting = [];
    while (this.busy) await new Promise((resolve) => setImmediate(resolve));
    this.socket.destroy();
  }

  private receive(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.size += chunk.length;
    try {
      for (let frame = this.nextFrame(); frame; frame = this.nextFrame()) this.waiting.push(frame);
    } catch {
      this.socket.destroy();
      return;
    }
    if (this.waiting.length > MAX_WAITING) this.socket.pause();
    if (!this.busy) this.drain();
  }

  private nextFrame(): Buffer | undefined {
    if (this.size < HEADER_BYTES) return undefined;
    let head = this.chunks[0];
    if (!head || head.length < HEADER_BYTES) head = this.join();
    const length = head.readInt32LE(0);
    if (length < HEADER_BYTES || length > MAX_MESSAGE_BYTES)
      throw new ProtocolError('the length of a message is wrong');
    if (this.size < length) return undefined;
    if (head.length < length) head = this.join();
    const rest = head.subarray(length);
    if (rest.length > 0) this.chunks[0] = rest;
    else this.chunks.shift();
    this.size -= length;
    return head.subarray(0, length);
  }

  private join(): Buffer {
    const joined = Buffer.concat(this.chunks);
    this.chunks = [joined];
    return joined;
  }

  /** Answers what waits: at once where a command does, since a turn of promises costs as much as a short command. */
  private drain(): void {
    this.busy = true;
    for (let frame = this.waiting.shift(); frame; frame = this.waiting.shift()) {
      const answering = this.answer(frame);
      if (answering) {
        void answering.then(() => this.drain());
        return;
      }
      if (this.waiting.length === 0 && this.socket.isPaused()) this.socket.resume();
    }
    this.busy = false;
  }

  /** Answers a request; a promise when that takes more than this turn. */
  private answer(frame: Buffer): Promise<void> | undefined {
    let request: Request | undefined;
    const fail = (error: unknown): void => this.refuse(error, request ?? headerOf(frame));
    try {
      const known = (request = parseMessage(frame));
      const reply = this.handle(known, this);
      if (reply instanceof Promise) return reply.then((later) => this.send(known, later)).catch(fail);
      this.send(known, reply);
    } catch (error) {
      fail(error);
    }
    return undefined;
  }

  private refuse(error: unknown, request: Addressed): void {
    if (error instanceof ProtocolError) {
      this.socket.destroy();
      return;
    }
    const failure = encodeFailure(error, ({ code, codeName, message, extra }) => ({
      ...{ ok: 0, errmsg: message, code, codeName },
      ...extra,
    }));
    this.send(request, [failure]);
  }

  private send(request: Addressed, reply: Reply): void {
    if (request.unacknowledged || this.socket.destroyed) return;
    this.socket.write(encodeReply(request, reply));
    // What the kernel did not take at once stays where it is until it does.
    if (reply instanceof Frame && this.socket.writableLength === 0) reply.release();
  }
}

/** What an answer has to know of its request. */
type Addressed = Pick<Request, 'requestId' | 'legacy' | 'unacknowledged'>;

/** Of a message that cannot be read, its number is known all the same. */
function headerOf(frame: Buffer): Addressed {
  return { requestId: frame.readInt32LE(4), legacy: isLegacy(frame), unacknowledged: false };
}
