import type { Socket } from 'node:net';
import { toMongoError } from '../errors.js';
import {
  HEADER_BYTES,
  MAX_MESSAGE_BYTES,
  ProtocolError,
  encodeReply,
  parseMessage,
  type Reply,
  type Request,
} from './message.js';

/** Answers a request; what it throws becomes an error of MongoDB. */
export type Handler = (request: Request, connection: { readonly id: number }) => Promise<Reply>;

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
    if (!this.busy) void this.drain();
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

  private async drain(): Promise<void> {
    this.busy = true;
    for (let frame = this.waiting.shift(); frame; frame = this.waiting.shift()) {
      await this.answer(frame);
      if (this.waiting.length === 0 && this.socket.isPaused()) this.socket.resume();
    }
    this.busy = false;
  }

  private async answer(frame: Buffer): Promise<void> {
    let request: Request | undefined;
    let reply: Reply;
    try {
      request = parseMessage(frame);
      reply = await this.handle(request, this);
    } catch (error) {
      if (error instanceof ProtocolError) {
        this.socket.destroy();
        return;
      }
      const { code, codeName, message, extra } = toMongoError(error);
      reply = { ok: 0, errmsg: message, code, codeName, ...extra };
    }
    if (request?.unacknowledged || this.socket.destroyed) return;
    const target = request ?? { requestId: frame.readInt32LE(4), legacy: false };
    this.socket.write(encodeReply(target, reply));
  }
}
