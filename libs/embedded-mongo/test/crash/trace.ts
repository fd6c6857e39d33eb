import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** What a process has done to a file. */
export type FileEvent = WriteEvent | { kind: 'synced'; path: string } | { kind: 'settled'; write: WriteEvent };

export interface WriteEvent {
  kind: 'write';
  path: string;
  at: number;
  bytes: Buffer;
}

/** System calls after which a file is another one, or that say when it is on disk; whoever needs more has to add it. */
const CALLS = [
  ...[
    'openat',
    'lseek',
    'write',
    'writev',
    'pwrite64',
    'pwritev',
    'pwritev2',
    'fsync',
    'fdatasync',
    'rename',
    'renameat2',
  ],
  ...['ftruncate', 'fallocate', 'sync_file_range', 'msync'],
];
const WRITES = new Set(['write', 'writev', 'pwrite64']);
/** Longest piece that is written at once, in bytes: a new journal. */
const MOST_BYTES = 2 ** 24;

/** Arguments of strace for a trace of what becomes of these files, in words that `readTrace` knows. */
export function straceArguments(trace: string, files: readonly string[]): string[] {
  const paths = files.flatMap((file) => ['-P', file]);
  return ['-f', '-y', '-xx', '-qq', '-s', String(MOST_BYTES), '-e', `trace=${CALLS.join()}`, ...paths, '-o', trace];
}

const WHOLE = /^(\d+) +(\w+)\((.*)\) += (-?\d+)/;
const BEGUN = /^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$/;
const ENDED = /^(\d+) +<\.\.\. \w+ resumed>(.*)\) += (-?\d+)/;
const FILE = /^(\d+)<([^>]*)>/;

const decoded = (hex: string): Buffer => Buffer.from(hex.replaceAll('\\x', ''), 'hex');

interface Call {
  name: string;
  args: string;
  write?: WriteEvent;
}

/**
 * Reads a trace. A write counts from its call on, for a part of it may be there when the power fails, and a sync from its
 * return.
 */
export class Trace {
  readonly events: FileEvent[] = [];
  /** Writes that did not return before the process was killed. */
  readonly unfinished = new Set<WriteEvent>();
  private readonly calls = new Map<string, Call>();
  /** Of each file that is open: where the next `write` goes to, and whether a write returns when it is on disk. */
  private readonly opened = new Map<string, { at: number; isSync: boolean }>();

  static async read(path: string): Promise<Trace> {
    const trace = new Trace();
    for await (const line of createInterface({ input: createReadStream(path, 'latin1') })) trace.take(line);
    return trace;
  }

  private take(line: string): void {
    const whole = WHOLE.exec(line);
    if (whole) {
      const [, , name = '', args = '', result] = whole;
      this.end(this.begin({ name, args }), Number(result));
      return;
    }
    const [, thread = '', name, args] = BEGUN.exec(line) ?? [];
    if (name !== undefined && args !== undefined) {
      this.calls.set(thread, this.begin({ name, args }));
      return;
    }
    const [, waiting = '', rest = '', result] = ENDED.exec(line) ?? [];
    const call = this.calls.get(waiting);
    if (!call) return;
    this.calls.delete(waiting);
    this.end({ ...call, args: call.args + rest }, Number(result));
  }

  private begin(call: Call): Call {
    if (!WRITES.has(call.name)) return call;
    const write = this.writeOf(call);
    this.events.push(write);
    this.unfinished.add(write);
    return { ...call, write };
  }

  private writeOf({ name, args }: Call): WriteEvent {
    const [, file = '', hex = ''] = FILE.exec(args) ?? [];
    const bytes = Buffer.concat([...args.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, text = '']) => decoded(text)));
    const open = this.opened.get(file) ?? { at: 0, isSync: false };
    const at = name === 'pwrite64' ? Number(/(\d+)$/.exec(args)?.[1]) : open.at;
    if (name !== 'pwrite64') this.opened.set(file, { ...open, at: at + bytes.length });
    return { kind: 'write', path: decoded(hex).toString(), at, bytes };
  }

  private end({ name, args, write }: Call, result: number): void {
    if (result < 0) {
      if (name === 'openat') return;
      throw new Error(`${name} has failed with ${result}.`);
    }
    const [, file = '', hex = ''] = FILE.exec(args) ?? [];
    if (write) {
      this.unfinished.delete(write);
      if (result !== write.bytes.length) throw new Error(`Of ${write.bytes.length} bytes ${result} were written.`);
      if (this.opened.get(file)?.isSync) this.events.push({ kind: 'settled', write });
    } else if (name === 'openat') {
      this.opened.set(String(result), { at: 0, isSync: args.includes('O_DSYNC') || args.includes('O_SYNC') });
    } else if (name === 'lseek') {
      this.opened.set(file, { at: result, isSync: this.opened.get(file)?.isSync ?? false });
    } else if (name === 'rename' || name === 'renameat2') {
      const [from = '', to = ''] = [...args.matchAll(/"([^"]*)"/g)].map(([, path = '']) => decoded(path).toString());
      for (const event of this.events) if ('path' in event && event.path === from) event.path = to;
    } else if (name === 'fsync' || name === 'fdatasync') {
      this.events.push({ kind: 'synced', path: decoded(hex).toString() });
    } else {
      throw new Error(`What ${name} does to a file is not known here.`);
    }
  }
}
