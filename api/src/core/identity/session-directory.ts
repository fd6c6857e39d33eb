/** Tells whether a session still stands. Implemented by `auth`; core knows no more of sessions than this. */
export abstract class SessionDirectory {
  /** False as soon as the session was ended, whatever its tokens still say. */
  abstract isLive(sessionId: string): Promise<boolean>;
}
