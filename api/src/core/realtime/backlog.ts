import type { RealtimeSocket } from './realtime-socket.js';

/** What waits to be sent below a socket. Engine.IO begins another array whenever it gives one to the transport. */
type Queue = readonly { data?: string | ArrayBufferView | null }[];

/** What lies below a socket, as far as it is needed here. */
interface Wire {
  transport: { socket?: { bufferedAmount: number; terminate(): void } };
  writeBuffer: Queue;
}

const wireOf = (socket: Pick<RealtimeSocket, 'conn'>) => socket.conn as unknown as Wire;

const sizeOf = (data: string | ArrayBufferView | null | undefined) =>
  typeof data === 'string' ? data.length : (data?.byteLength ?? 0);

/**
 * Finds the clients that do not read what they are sent. Much may wait for one that reads well: all that one turn of
 * the event loop has for it. So who is behind at one look is only remembered, and is stuck when nothing of that queue
 * has left until the next.
 */
export class Backlogs {
  /** What waited for those who were behind at the last look. */
  private readonly behind = new WeakMap<Wire, Queue>();

  /** `maxBytes` and `maxPackets` may wait: with the system's buffers full, in the WebSocket and in Engine.IO's queue. */
  constructor(
    private readonly maxBytes: number,
    private readonly maxPackets: number,
  ) {}

  /** Whether a client was behind at the last look and has taken nothing since. To be asked at regular times. */
  isStuck(socket: Pick<RealtimeSocket, 'conn'>): boolean {
    const wire = wireOf(socket);
    if (!this.isBehind(wire)) {
      this.behind.delete(wire);
      return false;
    }
    if (this.behind.get(wire) === wire.writeBuffer) return true;
    this.behind.set(wire, wire.writeBuffer);
    return false;
  }

  private isBehind({ transport, writeBuffer }: Wire): boolean {
    let bytes = transport.socket?.bufferedAmount ?? 0;
    for (const { data } of writeBuffer) bytes += sizeOf(data);
    return bytes > this.maxBytes || writeBuffer.length > this.maxPackets;
  }
}

/** Ends a connection at once. A polite close would wait behind the very packets that are not read. */
export function cutOff(socket: Pick<RealtimeSocket, 'conn' | 'disconnect'>): void {
  const { transport } = wireOf(socket);
  if (transport.socket) transport.socket.terminate();
  else socket.disconnect(true);
}
