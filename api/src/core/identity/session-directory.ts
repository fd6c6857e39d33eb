/** Tells whether a session still stands. Implemented by `auth`; core knows no more of sessions than this. */
export abstract class SessionDirectory {
  /**
   * False as soon as the session was ended, whatever its tokens still say. At once where it is known: an event of a socket
   * need not wait a turn for it.
   */
  abstract isLive(sessionId: string): boolean | Promise<boolean>;
}
