import type { Socket as Stream } from 'node:net';

/** What is needed here of an Engine.IO connection. */
interface Connection {
  readonly request: { readonly socket: Pick<Stream, 'cork' | 'uncork'> };
  flush(): void;
}

/**
 * Lets everything that a connection is given in one turn of the event loop leave at its end, in one system call.
 *
 * Engine.IO sends the first packet at once, and the others when the first is out; `ws` makes a system call of each. An
 * acknowledgement, the push of the same message and those of other people are a handful in one turn under load, and
 * this makes one `writev` of them in place of as many as there are packets: 55 µs of CPU a message in place of 71 at
 * window 8, and 86 in place of 104 at window 1 (docs/performance.md). Nothing waits longer than for what the turn has
 * still to say: `PushQueue` has its place before.
 */
export class FlushOnce {
  private due: (() => void)[] = [];

  /** Called by the adapter for every connection. */
  readonly adopt = (connection: Connection): void => {
    const { socket } = connection.request;
    const flush = connection.flush.bind(connection);
    let isDue = false;
    const send = () => {
      isDue = false;
      socket.cork();
      flush();
      socket.uncork();
    };
    connection.flush = () => {
      if (isDue) return;
      isDue = true;
      if (this.due.push(send) === 1) setImmediate(() => this.sendAll());
    };
  };

  private sendAll(): void {
    const { due } = this;
    this.due = [];
    for (const send of due) send();
  }
}
