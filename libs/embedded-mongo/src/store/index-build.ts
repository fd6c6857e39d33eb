import type { CollectionInfo } from './catalogue.js';
import type { Index } from './keys/stored-index.js';

/**
 * Indexes that one command makes over the documents that there are, some at a time in the order of their primary keys.
 * Nobody else sees them before they are complete. Whoever writes a document keeps its entries in them, as in any index,
 * unless it is one of those that are still to be entered: they are entered as they are then.
 */
export class IndexBuild {
  /** Settles when its command is done with it, whatever came of it. */
  readonly ended: Promise<void>;
  /** Primary key of the last document that was entered; undefined before the first. */
  private reached: Buffer | undefined;
  private settle: () => void = () => undefined;

  /** @param last primary key of the last document that there is at the beginning; undefined when there is none */
  constructor(
    readonly info: CollectionInfo,
    readonly indexes: readonly Index[],
    private readonly last: Buffer | undefined,
  ) {
    this.ended = new Promise((resolve) => (this.settle = resolve));
  }

  /** The primary keys of the documents that are still to be entered; undefined when there are none. */
  get left(): { after: Buffer | undefined; upTo: Buffer } | undefined {
    const { reached, last } = this;
    return last && reached !== last ? { after: reached, upTo: last } : undefined;
  }

  /** Whether a document with a primary key has, or would have, its entries. */
  has(id: Buffer): boolean {
    const { left } = this;
    return !left || id.compare(left.upTo) > 0 || (left.after !== undefined && id.compare(left.after) <= 0);
  }

  /** Notes the last document that was entered; without one, that all are. */
  reach(id = this.last): void {
    this.reached = id;
  }

  end(): void {
    this.settle();
  }
}
