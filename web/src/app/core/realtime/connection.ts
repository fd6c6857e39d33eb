import type { SocketRequestName } from '@parlance/contracts';
import type { Observable } from 'rxjs';

/** A way to the server and back, whoever holds the socket. Tells its listener nothing more once it is closed. */
export interface Connection {
  /**
   * Asks the server, once for each subscription; emits its answer and completes. Fails with a `ProblemError`: the
   * server's, `timeout` after `ACK_TIMEOUT_MS` or when the connection is lost meanwhile, `unreachable` at once while there
   * is none.
   */
  request(event: SocketRequestName, payload: unknown): Observable<unknown>;
  /** The browser says that the network is gone: nobody can tell any more whether the connection stands. */
  networkLost(): void;
  /** The browser says that there is a network again, maybe another one. */
  networkBack(): void;
  /** For good. What is open fails with `timeout`. */
  close(): void;
}

/** Who hears what a connection brings. */
export interface ConnectionListener {
  /** There is a new connection, the first one included: whatever was told before may have missed this tab. */
  connected(): void;
  /** There is none, or none that anybody vouches for; also when an attempt has failed. */
  lost(): void;
  fact(event: string, fact: unknown): void;
}
