import type { IncomingMessage } from 'node:http';

/** What is needed here of an Engine.IO connection. */
interface EngineConnection {
  readonly request: Pick<IncomingMessage, 'socket'>;
  on(event: 'flush', listener: () => void): unknown;
}

/**
 * Lets all frames that a connection is given in one turn leave in one system call. Without it each frame is a `writev` of
 * its own, and an acknowledgement, the pushes behind it and those of others are many: this saves two system calls of
 * three. Nothing waits longer than for the end of the turn, in which `PushQueue` has told what was written.
 */
export function corkFlushes(connection: EngineConnection): void {
  const { socket } = connection.request;
  let isCorked = false;
  connection.on('flush', () => {
    if (isCorked) return;
    isCorked = true;
    socket.cork();
    setImmediate(() => {
      isCorked = false;
      socket.uncork();
    });
  });
}
