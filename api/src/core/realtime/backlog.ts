import type { RealtimeSocket } from './realtime-socket.js';

/** What lies below a socket, as far as it is needed here. */
interface Wire {
  transport: { socket?: { bufferedAmount: number; terminate(): void } };
  writeBuffer: readonly { data?: string | ArrayBufferView | null }[];
}

const wireOf = (socket: RealtimeSocket) => socket.conn as unknown as Wire;

const sizeOf = (data: string | ArrayBufferView | null | undefined) =>
  typeof data === 'string' ? data.length : (data?.byteLength ?? 0);

/**
 * Whether more than this waits to be sent to a client: with the system's buffers full, in the WebSocket and in
 * Engine.IO's queue.
 */
export function isBehind(socket: RealtimeSocket, maxBytes: number, maxPackets: number): boolean {
  const { transport, writeBuffer } = wireOf(socket);
  let bytes = transport.socket?.bufferedAmount ?? 0;
  for (const { data } of writeBuffer) bytes += sizeOf(data);
  return bytes > maxBytes || writeBuffer.length > maxPackets;
}

/** Ends a connection at once. A polite close would wait behind the very packets that are not read. */
export function cutOff(socket: RealtimeSocket): void {
  const { transport } = wireOf(socket);
  if (transport.socket) transport.socket.terminate();
  else socket.disconnect(true);
}
