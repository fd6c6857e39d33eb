import { Long } from 'bson';
import { decode, decodeTyped, encode, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import type { Environment } from './disk/environment.js';
import { seal, unseal } from './disk/seal.js';
import type { Table } from './disk/table.js';

/** Milliseconds for which an answer is kept, as long as a session without use lasts. */
const KEPT_MS = 30 * 60_000;

/** A write as its session numbers it. */
export interface NumberedWrite {
  /** The session's identifier. */
  readonly session: Buffer;
  /** Grows with every write of the session. */
  readonly number: bigint;
}

interface Kept {
  number: unknown;
  at: Date;
  reply: Doc;
}

/**
 * Retryable writes: the answer of a session's last numbered write is kept in the transaction of the write itself, so
 * that a driver which lost the answer, even by a crash, is told it again and nothing is written twice.
 */
export class RetryableWrites {
  private readonly table: Table;

  constructor(private readonly environment: Environment) {
    this.table = environment.retries;
  }

  /**
   * Runs a write once; it must run inside a write of the environment.
   * @throws MongoError 225 when the session has numbered a later write already
   */
  once(write: NumberedWrite, run: () => Doc): Doc {
    const stored = this.table.get(write.session);
    // With its types: numbers are answered as they were the first time.
    const kept = stored && (decodeTyped(unseal(stored)) as unknown as Kept);
    const last = kept === undefined ? -1n : BigInt(String(kept.number));
    if (kept && last === write.number) return kept.reply;
    if (last > write.number) {
      throw new MongoError(
        225,
        `Retryable write with txnNumber ${write.number} is prohibited on this session because a newer retryable write with txnNumber ${last} has already started on this session.`,
      );
    }
    const reply = run();
    const entry = { number: Long.fromBigInt(write.number), at: new Date(), reply };
    this.table.putSync(write.session, seal(Buffer.from(encode(entry))));
    return reply;
  }

  /** Forgets the answers of sessions that have not written for half an hour. */
  async sweep(now = Date.now()): Promise<void> {
    const isOld = (value: Buffer): boolean => now - (decode(unseal(value)) as unknown as Kept).at.getTime() > KEPT_MS;
    const old = [...this.table.getRange({})].filter(({ value }) => isOld(value)).map(({ key }) => key);
    if (old.length > 0) await this.environment.write(() => old.forEach((key) => this.forgetIf(isOld, key)));
  }

  /** Looks again: what was found old may have been replaced before its turn came. */
  private forgetIf(isOld: (value: Buffer) => boolean, key: Buffer): void {
    const value = this.table.get(key);
    if (value && isOld(value)) this.table.removeSync(key);
  }
}
