import { KeyWriter, keyOf } from '../../store/keys/key.js';
import type { Collation } from './collation.js';
import type { Ordering } from './ordering.js';

/** Gives each value a text; those of two values are the same when the values are equal. */
export type ValueKeys = (value: unknown) => string;

/** The keys of values under an ordering. With a collation they hold for this one run only: each call begins anew. */
export function valueKeys({ collation }: Ordering): ValueKeys {
  if (!collation) return (value) => keyOf(value).toString('latin1');
  const classes = new TextClasses(collation);
  const writer = new KeyWriter((text) => classes.of(text));
  return (value) => writer.value(value).finish().toString('latin1');
}

/** Tells whether a value came before, and remembers it. */
export function membership(ordering: Ordering): (value: unknown) => boolean {
  const keyOf = valueKeys(ordering);
  const keys = new Set<string>();
  return (value) => {
    const before = keys.size;
    keys.add(keyOf(value));
    return keys.size === before;
  };
}

/** A text and the number of all texts that are equal to it. */
interface TextClass {
  readonly text: string;
  readonly bytes: Buffer;
}

/** Longest run of classes; a new one moves no more than these. */
const MAX_RUN = 512;

/**
 * Numbers for texts, one for all that a collation takes as equal. ICU gives JavaScript no keys of texts, only comparisons:
 * a text that was not seen before is looked for among the others, which stand in order, in runs.
 */
class TextClasses {
  private readonly known = new Map<string, Buffer>();
  private readonly runs: TextClass[][] = [[]];
  private next = 0;

  constructor(private readonly collation: Collation) {}

  of(text: string): Buffer {
    let bytes = this.known.get(text);
    if (!bytes) this.known.set(text, (bytes = this.classOf(text)));
    return bytes;
  }

  private classOf(text: string): Buffer {
    const { compare } = this.collation;
    // The last run that does not begin behind the text, and the last place in it that is not behind.
    const at = Math.max(
      0,
      lastWhere(this.runs, (run) => run[0] === undefined || compare(run[0].text, text) <= 0),
    );
    const run = this.runs[at] ?? [];
    const place = lastWhere(run, (other) => compare(other.text, text) <= 0);
    const before = run[place];
    if (before && compare(before.text, text) === 0) return before.bytes;
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(this.next++);
    run.splice(place + 1, 0, { text, bytes });
    if (run.length > MAX_RUN) this.runs.splice(at + 1, 0, run.splice(MAX_RUN / 2));
    return bytes;
  }
}

/** The last place of a list at which something holds that holds up to there; -1 when it holds nowhere. */
export function lastWhere<Item>(list: readonly Item[], holds: (item: Item) => boolean): number {
  let [low, high] = [-1, list.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (holds(list[middle] as Item)) low = middle;
    else high = middle - 1;
  }
  return low;
}
