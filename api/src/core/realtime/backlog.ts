import type { RealtimeSocket } from './realtime-socket.js';

/** What lies below a socket, as far as it is needed here. */
interface Wire {
  transport: { socket?: { bufferedAmount: number; terminate(): void } };
  writeBuffer: readonly { data?: string | ArrayBufferView | null }[];
}

const wireOf = (socket: RealtimeSocket) => socket.conn as unknown as Wire;

const sizeOf = (data: string | ArrayBufferView | null | undefined) =>
  typeof data === 'string' ? data.length : (data?.byteLength ?? 0);

/** What waits to be sent to a client: with the system's buffers full, in the WebSocket and in Engine.IO's queue. */
export function backlogOf(socket: RealtimeSocket): { bytes: number; packets: number } {
  const { transport, writeBuffer } = wireOf(socket);
  const queued = writeBuffer.reduce((sum, { data }) => sum + sizeOf(data), 0);
  return { bytes: queued + (transport.socket?.bufferedAmount ?? 0), packets: writeBuffer.length };
}

/** Ends a connection at once. A polite close would wait behind the very packets that are not read. */
export function cutOff(socket: RealtimeSocket): void {
  const { transport } = wireOf(socket);
  if (transport.socket) transport.socket.terminate();
  else socket.disconnect(true);
}
