import type { FileEvent, WriteEvent } from './trace.js';

/** What a disk writes whole or not at all, in bytes. */
const SECTOR = 512;

/** The bytes of a file, with room to grow. */
class Bytes {
  private room = Buffer.alloc(2 ** 20);
  private size = 0;

  put({ at, bytes }: WriteEvent): void {
    const end = at + bytes.length;
    if (end > this.room.length) this.room = Buffer.concat([this.room], 2 ** Math.ceil(Math.log2(end)));
    bytes.copy(this.room, at);
    this.size = Math.max(this.size, end);
  }

  with(writes: readonly WriteEvent[]): Buffer {
    const copy = new Bytes();
    copy.put({ kind: 'write', path: '', at: 0, bytes: this.room.subarray(0, this.size) });
    for (const write of writes) copy.put(write);
    return copy.room.subarray(0, copy.size);
  }
}

class FileState {
  /** What is on disk for sure. */
  readonly synced = new Bytes();
  /** What was written since, in its order. */
  pending: WriteEvent[] = [];

  settle(isOnDisk: (write: WriteEvent) => boolean): void {
    for (const write of this.pending) if (isOnDisk(write)) this.synced.put(write);
    this.pending = this.pending.filter((write) => !isOnDisk(write));
  }
}

/** What survives of the writes that nobody has synced: a disk may do with them as it likes. */
const SURVIVALS: readonly ((write: WriteEvent, random: () => number) => WriteEvent[])[] = [
  () => [],
  (write) => [write],
  (write, random) => (random() < 0.5 ? [write] : []),
  (write, random) => sectorsOf(write).filter(() => random() < 0.5),
];

/** A disk that is told what a process does to its files, and could lose its power after each step. */
export class Disk {
  private readonly files = new Map<string, FileState>();

  take(event: FileEvent): void {
    switch (event.kind) {
      case 'write':
        this.file(event.path).pending.push(event);
        break;
      case 'settled':
        this.file(event.write.path).settle((write) => write === event.write);
        break;
      case 'synced':
        this.file(event.path).settle(() => true);
        break;
    }
  }

  /** A file as it may be when the power fails now. */
  left(path: string, random: () => number): Buffer {
    const { synced, pending } = this.file(path);
    const survival = SURVIVALS[Math.floor(random() * SURVIVALS.length)] ?? SURVIVALS[0];
    return synced.with(survival ? pending.flatMap((write) => survival(write, random)) : []);
  }

  /** A file as it is while the power lasts. */
  whole(path: string): Buffer {
    const { synced, pending } = this.file(path);
    return synced.with(pending);
  }

  private file(path: string): FileState {
    const file = this.files.get(path) ?? new FileState();
    this.files.set(path, file);
    return file;
  }
}

function sectorsOf(write: WriteEvent): WriteEvent[] {
  const sectors: WriteEvent[] = [];
  for (let from = 0; from < write.bytes.length;) {
    const to = from + SECTOR - ((write.at + from) % SECTOR);
    sectors.push({ ...write, at: write.at + from, bytes: write.bytes.subarray(from, to) });
    from = to;
  }
  return sectors;
}
