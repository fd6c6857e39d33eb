import type { Environment } from './disk/environment.js';
import { idPrefix, successor } from './keys/key.js';
import { TURN_MS } from './scan/slices.js';
import type { Table } from './disk/table.js';

/** Most keys that are removed in the transaction that gives their number up. */
const KEYS_AT_ONCE = 500;
/** Most keys that are removed in a transaction of its own. */
const KEYS_IN_TURN = 5_000;
/** Keys that are held in memory, after which the time is looked at. */
const KEYS_READ = 250;

const MARK = Buffer.from('gone:');
const NOTHING = Buffer.alloc(0);

/** What one transaction may still remove. */
interface Turn {
  keys: number;
  /** When it has to be done, in milliseconds of `performance.now()`. */
  readonly end: number;
}

/**
 * Clears what stands under numbers that no collection and no index has any more. To remove a million keys at once would keep
 * everybody waiting; so a number is marked in the catalogue, which takes nothing, and the keys go afterwards, some at a time,
 * over a stop or a kill as well. A number is given once only, so that nobody comes upon what is left.
 *
 * An index that is being built is marked too: should a kill or a failure of the disk end that, its entries go as well.
 */
export class Clearing {
  /** Numbers of indexes that are being built, which are marked and not cleared. */
  private readonly reserved = new Set<number>();
  /** Whether this transaction gives numbers up. */
  private hasFresh = false;
  /** Whether the last turn has left something. */
  private hasMore = false;
  private running: Promise<void> | undefined;

  constructor(private readonly environment: Environment) {}

  /** Marks the number of an index that is being built. Inside a write, as `keep` and `discard`. */
  reserve(id: number): void {
    this.reserved.add(id);
    this.environment.catalogue.putSync(markOf(id), NOTHING);
  }

  /** The index of a reserved number is complete. */
  keep(id: number): void {
    this.reserved.delete(id);
    this.environment.catalogue.removeSync(markOf(id));
  }

  /** Nobody has a number any more. */
  discard(id: number): void {
    this.reserved.delete(id);
    this.environment.catalogue.putSync(markOf(id), NOTHING);
    this.hasFresh = true;
  }

  /** The numbers that are marked. */
  marked(): number[] {
    const keys = this.environment.catalogue.getKeys({ start: MARK, end: successor(MARK) });
    return Array.from(keys, (key) => key.readUInt32BE(MARK.length));
  }

  /** In the transaction, when all its jobs have run: what is little goes at once. */
  beforeCommit(): void {
    if (this.hasFresh) this.clearSome({ keys: KEYS_AT_ONCE, end: Number.POSITIVE_INFINITY });
    this.hasFresh = false;
  }

  committed(): void {
    if (this.hasMore) void this.run();
  }

  /** What was built in memory is gone with the transaction; its marks of earlier ones stand. */
  aborted(): void {
    this.reserved.clear();
    this.hasFresh = false;
    this.hasMore = false;
  }

  /**
   * Clears what is marked, in turns, until nothing is left or the disk fails; then it is to be called again later. Resolves
   * at its end, and never rejects.
   */
  run(): Promise<void> {
    this.hasMore ||= this.marked().some((id) => !this.reserved.has(id));
    this.running ??= this.runInTurns()
      // On a full disk, say, or the store was closed: the marks stand.
      .catch(() => undefined)
      .finally(() => (this.running = undefined));
    return this.running;
  }

  private async runInTurns(): Promise<void> {
    // A kill only has it done once more.
    while (this.hasMore) {
      await this.environment.write(
        () => this.clearSome({ keys: KEYS_IN_TURN, end: performance.now() + TURN_MS }),
        true,
      );
    }
  }

  private clearSome(turn: Turn): void {
    const { environment } = this;
    const tables = [environment.documents, environment.entries, environment.texts];
    const marked = this.marked().filter((id) => !this.reserved.has(id));
    this.hasMore = !marked.every((id) => {
      const isEmpty = tables.every((table) => clearUnder(table, id, turn));
      if (isEmpty) environment.catalogue.removeSync(markOf(id));
      return isEmpty;
    });
  }
}

/**
 * A turn gets on even if its time is over when it comes to begin, as on a machine that is busy.
 * @returns whether nothing is left under a number; false when the turn is over before that is known
 */
function clearUnder(table: Table, id: number, turn: Turn): boolean {
  const prefix = idPrefix(id);
  for (let isFirst = true; turn.keys > 0 && (isFirst || performance.now() < turn.end); isFirst = false) {
    const limit = Math.min(turn.keys, KEYS_READ);
    const keys = [...table.getKeys({ start: prefix, end: successor(prefix), limit })];
    for (const key of keys) table.removeSync(key);
    turn.keys -= keys.length;
    if (keys.length < limit) return true;
  }
  return false;
}

function markOf(id: number): Buffer {
  return Buffer.concat([MARK, idPrefix(id)]);
}
