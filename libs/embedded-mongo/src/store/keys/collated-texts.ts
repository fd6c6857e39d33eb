import { decode, encode } from '../../document.js';
import type { Collation } from '../../language/values/collation.js';
import type { Table } from '../disk/table.js';
import { KeyWriter, successor } from './key.js';

/** Bytes of a class in an index key. */
const CLASS_BYTES = 6;
/** Stands for the class of a text that no document has: no entry has it. */
const UNKNOWN = 2 ** 48 - 1;
/** Number of the record that holds the root and the next number; classes begin after it. */
const HEAD = 0;

interface Node {
  text: string;
  /** Documents that have the text, or one equal to it. */
  count: number;
  left: number;
  right: number;
}

/**
 * The texts of an index with a collation, each with a number: texts that are equal by the collation have one number, their
 * class, which stands for them in the keys of the index. ICU gives JavaScript no keys that could be compared byte by byte,
 * only comparisons; so the texts stand in a search tree, a treap, whose nodes are records of the data file. Numbers
 * tell nothing of the order of texts.
 *
 * Methods that change something run inside a write.
 */
export class CollatedTexts {
  /** Writes keys with the classes that there are. */
  readonly writer = new KeyWriter((text) => classBytes(this.find(text) ?? UNKNOWN));

  constructor(
    private readonly table: Table,
    private readonly prefix: Buffer,
    private readonly collation: Collation,
  ) {}

  /** The class of a text; undefined when no document has such a text. */
  find(text: string): number | undefined {
    for (let at = this.head().root; at !== 0;) {
      const node = this.read(at);
      const order = this.collation.compare(text, node.text);
      if (order === 0) return at;
      at = order < 0 ? node.left : node.right;
    }
    return undefined;
  }

  /** The class of every text, with the number of documents that have it. */
  *classes(): Generator<{ class: number; text: string; count: number }> {
    for (const { key, value } of this.table.getRange({ start: this.key(HEAD + 1), end: successor(this.prefix) })) {
      const { text, count } = decode(value) as unknown as Node;
      yield { class: key.readUIntBE(this.prefix.length, CLASS_BYTES), text, count };
    }
  }

  /** Notes that one more document has a text. */
  acquire(text: string): void {
    const known = this.find(text);
    if (known !== undefined) {
      const node = this.read(known);
      this.write(known, { ...node, count: node.count + 1 });
      return;
    }
    const { root, next } = this.head();
    this.write(next, { text, count: 1, left: 0, right: 0 });
    this.setHead(this.insert(root, next, text), next + 1);
  }

  /** Notes that one document less has a text; the text goes with the last of them. */
  release(text: string): void {
    const known = this.find(text);
    if (known === undefined) return;
    const node = this.read(known);
    if (node.count > 1) return this.write(known, { ...node, count: node.count - 1 });
    const { root, next } = this.head();
    this.setHead(this.erase(root, text), next);
    this.table.removeSync(this.key(known));
  }

  private insert(at: number, fresh: number, text: string): number {
    if (at === 0) return fresh;
    if (priority(fresh) > priority(at)) {
      const [left, right] = this.split(at, text);
      this.write(fresh, { ...this.read(fresh), left, right });
      return fresh;
    }
    const node = this.read(at);
    const side = this.collation.compare(text, node.text) < 0 ? 'left' : 'right';
    const child = this.insert(node[side], fresh, text);
    if (child !== node[side]) this.write(at, { ...node, [side]: child });
    return at;
  }

  /** Cuts a subtree into what is before a text and what is after it. */
  private split(at: number, text: string): [number, number] {
    if (at === 0) return [0, 0];
    const node = this.read(at);
    if (this.collation.compare(text, node.text) < 0) {
      const [left, right] = this.split(node.left, text);
      this.write(at, { ...node, left: right });
      return [left, at];
    }
    const [left, right] = this.split(node.right, text);
    this.write(at, { ...node, right: left });
    return [at, right];
  }

  private erase(at: number, text: string): number {
    const node = this.read(at);
    const order = this.collation.compare(text, node.text);
    if (order === 0) return this.merge(node.left, node.right);
    const side = order < 0 ? 'left' : 'right';
    const child = this.erase(node[side], text);
    if (child !== node[side]) this.write(at, { ...node, [side]: child });
    return at;
  }

  private merge(left: number, right: number): number {
    if (left === 0 || right === 0) return left || right;
    if (priority(left) > priority(right)) {
      const node = this.read(left);
      this.write(left, { ...node, right: this.merge(node.right, right) });
      return left;
    }
    const node = this.read(right);
    this.write(right, { ...node, left: this.merge(left, node.left) });
    return right;
  }

  private head(): { root: number; next: number } {
    const stored = this.table.get(this.key(HEAD));
    return stored ? (decode(stored) as { root: number; next: number }) : { root: 0, next: 1 };
  }

  private setHead(root: number, next: number): void {
    this.table.putSync(this.key(HEAD), Buffer.from(encode({ root, next })));
  }

  private read(at: number): Node {
    const stored = this.table.get(this.key(at));
    if (!stored) throw new Error('a text of an index is missing');
    return decode(stored) as unknown as Node;
  }

  private write(at: number, node: Node): void {
    this.table.putSync(this.key(at), Buffer.from(encode({ ...node })));
  }

  private key(at: number): Buffer {
    return Buffer.concat([this.prefix, classBytes(at)]);
  }
}

function classBytes(number: number): Buffer {
  const bytes = Buffer.allocUnsafe(CLASS_BYTES);
  bytes.writeUIntBE(number, 0, CLASS_BYTES);
  return bytes;
}

/** A number that looks random and is always the same for a node, which is what keeps a treap shallow. */
function priority(at: number): number {
  let mixed = Math.imul((at >>> 16) ^ at, 0x45d9f3b);
  mixed = Math.imul((mixed >>> 16) ^ mixed, 0x45d9f3b);
  return ((mixed >>> 16) ^ mixed) >>> 0;
}
