/** Bytes before the document of an answer: length, request id, response to, opcode, flags, kind of section. */
export const PREAMBLE_BYTES = 21;
/** Room for what precedes the documents of a batch, and for what follows them, without the name of the collection. */
const AROUND_BYTES = 128;
/** What a frame's memory begins with. */
const FIRST_BYTES = 64 * 1024;
/** Memory that grew beyond this is not used again. */
const KEPT_BYTES = 1024 * 1024;
/** Bytes of the number of a document and its type, at most. */
const HEAD_BYTES = 12;

/** Memory for the next frame, when the last one's is no longer needed. */
let spare: Buffer | undefined;

function takeMemory(): Buffer {
  const memory = spare ?? Buffer.allocUnsafeSlow(FIRST_BYTES);
  spare = undefined;
  return memory;
}

function giveBack(memory: Buffer): void {
  if (memory.length <= KEPT_BYTES) spare = memory;
}

const makeHead = (place: number): Buffer => Buffer.from(`\x03${place}\0`, 'latin1');
const HEADS = Array.from({ length: 1000 }, (_, place) => makeHead(place));

/** What stands before a document of a batch: its type, and its place as a name. */
export const headOf = (place: number): Buffer => HEADS[place] ?? makeHead(place);

/** An answer in the bytes in which it is sent, but for what its connection puts into the preamble. */
export class Frame {
  /** @param bytes the frame, at the beginning of its memory */
  constructor(
    readonly bytes: Buffer,
    private memory: Buffer | undefined,
  ) {}

  /**
   * Lets the next frame have the memory, once nobody reads these bytes any more. Memory outside of V8's heap that is made
   * for each answer has V8 collect its whole heap all the time, which cost a page of 50 documents more than a tenth of its CPU.
   */
  release(): void {
    if (this.memory) giveBack(this.memory);
    this.memory = undefined;
  }
}

/** Puts a whole first batch together in the frame that is sent: each document is copied once, from where it was read. */
export class BatchFrame {
  private memory = takeMemory();
  private at = PREAMBLE_BYTES + 4;
  private readonly cursor: number;
  private readonly batch: number;
  private count = 0;

  constructor(private readonly ns: string) {
    this.reserve(AROUND_BYTES + ns.length * 3);
    this.cursor = this.open('\x03cursor\0');
    this.batch = this.open('\x04firstBatch\0');
  }

  /** Bytes of documents so far, with what stands before each. */
  get size(): number {
    return this.at - this.batch;
  }

  append(document: Uint8Array): void {
    this.reserve(HEAD_BYTES + document.length + AROUND_BYTES + this.ns.length * 3);
    const head = headOf(this.count++);
    for (let i = 0; i < head.length; i++) this.memory[this.at++] = head[i] ?? 0;
    this.memory.set(document, this.at);
    this.at += document.length;
  }

  /** The frame of an answer after which no cursor is left open. */
  finish(): Frame {
    this.close(this.batch);
    this.put('\x12id\0\0\0\0\0\0\0\0\0\x02ns\0');
    const name = this.at;
    this.at += 4;
    this.put(`${this.ns}\0`);
    this.memory.writeInt32LE(this.at - name - 4, name);
    this.close(this.cursor);
    this.put('\x01ok\0\0\0\0\0\0\0');
    this.memory[this.at++] = 0xf0;
    this.memory[this.at++] = 0x3f;
    this.close(PREAMBLE_BYTES);
    return new Frame(this.memory.subarray(0, this.at), this.memory);
  }

  /** Ends it without a frame. */
  drop(): void {
    giveBack(this.memory);
  }

  /** Begins a document within; gives where its length stands, which is written when it ends. */
  private open(head: string): number {
    this.put(head);
    this.at += 4;
    return this.at - 4;
  }

  private close(start: number): void {
    this.memory[this.at++] = 0;
    this.memory.writeInt32LE(this.at - start, start);
  }

  private put(text: string): void {
    this.at += this.memory.write(text, this.at);
  }

  private reserve(bytes: number): void {
    if (this.at + bytes <= this.memory.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.memory.length * 2, this.at + bytes));
    this.memory.copy(larger, 0, 0, this.at);
    this.memory = larger;
  }
}
