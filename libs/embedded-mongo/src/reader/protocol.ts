/** What the thread for long reads is started with. */
export interface ReaderOptions {
  readonly dataDir: string;
  /** Milliseconds without work, and without an open cursor, after which it ends. */
  readonly idleMs: number;
  /** 1 in its only place: what runs ends now. */
  readonly isStopping: Int32Array;
}

/** A command for the thread for long reads. */
export interface Question {
  readonly id: number;
  readonly db: string;
  /** The command in BSON. */
  readonly body: Uint8Array;
  readonly connectionId: number;
  /** When the command arrived, in milliseconds since 1970: the clocks of threads begin at different times. */
  readonly beganAt: number;
}

/** What it answers: a document in BSON, of the command or with `code`, `message` and `extra` of its failure. */
export interface Answer {
  readonly id: number;
  readonly ok: boolean;
  readonly document: Uint8Array<ArrayBuffer>;
  /** How many cursors the thread has open. */
  readonly openCursors: number;
}

/** What ends the thread when what runs is done. */
export const CLOSE = 'close';
