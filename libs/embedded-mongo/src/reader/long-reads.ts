import { Long } from 'bson';
import { Worker } from 'node:worker_threads';
import { Call } from '../commands/call.js';
import type { Command, Server } from '../commands/command.js';
import { decodeTyped } from '../document.js';
import { MongoError } from '../errors.js';
import { memoryLimit } from '../memory.js';
import { TakesLong } from '../store/scan/deadline.js';
import { TURN_MS } from '../store/scan/slices.js';
import type { Reply } from '../wire/message.js';
import { CLOSE, type Answer, type Question, type ReaderOptions } from './protocol.js';

/** How long the thread has to end by itself, in milliseconds. */
const END_MS = 2_000;
/** Without work it ends after this time, in milliseconds. */
const IDLE_MS = 10 * 60_000;
/** Mebibytes of values that it may hold at most, where there is four times as much memory. */
const MEMORY_MIB = 2_048;

interface Asked {
  readonly question: Question;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: MongoError) => void;
}

/**
 * Reads that take long: a search without an index, an aggregation, a count. One that is not done after 20 ms begins anew in
 * a thread of its own, over a checkpoint that is made for it and has everything that was answered before. Others are
 * served meanwhile; and what it holds in memory is that thread's, which alone ends when it is too much.
 */
export class LongReads {
  private thread: Worker | undefined;
  private readonly asked = new Map<number, Asked>();
  private lastId = 0;
  /** How many cursors the thread had open when it last answered. */
  openCursors = 0;
  private isClosed = false;
  private readonly isStopping = new Int32Array(new SharedArrayBuffer(4));

  /**
   * @param memoryMiB of values that it may hold, in mebibytes: more ends what it does with code 146
   * @param idleMs without work after which it ends, in milliseconds
   */
  constructor(
    private readonly dataDir: string,
    private readonly memoryMiB = Math.min(MEMORY_MIB, Math.floor(memoryLimit() / 4 / 2 ** 20)),
    private readonly idleMs = IDLE_MS,
  ) {}

  /** Runs a command that only reads, here or there. */
  run(server: Server, command: Command, { request, connectionId }: Call): Reply | Promise<Reply> {
    const beganAt = performance.now();
    const within = (handOverAt?: number): Call => new Call(request, connectionId, { beganAt, handOverAt });
    const call = within(beganAt + TURN_MS);
    try {
      return command.run(server, call);
    } catch (error) {
      if (!(error instanceof TakesLong)) throw error;
    }
    try {
      server.environment.checkpoint();
    } catch {
      // On a full disk the thread would miss what was answered. Reading has to go on.
      return command.run(server, within());
    }
    return this.ask(call, beganAt);
  }

  /**
   * Runs a command there.
   * @param beganAt when it arrived, by `performance.now()`
   */
  ask({ request: { body, db }, connectionId }: Call, beganAt = performance.now()): Promise<Reply> {
    if (this.isClosed) return Promise.reject(interrupted());
    const id = ++this.lastId;
    const question = { id, db, body: new Uint8Array(body), connectionId, beganAt: performance.timeOrigin + beganAt };
    return new Promise((resolve, reject) => {
      this.asked.set(id, { question, resolve, reject });
      this.started().postMessage(question);
    });
  }

  /** Has the cursors closed there that `killCursors` names; resolves with those that were open. */
  async kill(call: Call): Promise<bigint[]> {
    if (!this.thread) return [];
    const [reply] = (await this.ask(call)) as readonly Uint8Array[];
    const { cursorsKilled } = decodeTyped(Buffer.from(reply ?? [])) as { cursorsKilled?: Long[] };
    return (cursorsKilled ?? []).map((id) => id.toBigInt());
  }

  /** Ends what runs there, whose commands are told so, and the thread. */
  async close(): Promise<void> {
    this.isClosed = true;
    Atomics.store(this.isStopping, 0, 1);
    for (const { reject } of this.asked.values()) reject(interrupted());
    this.asked.clear();
    const { thread } = this;
    if (!thread) return;
    const ended = new Promise((resolve) => thread.once('exit', resolve));
    thread.postMessage(CLOSE);
    const timer = setTimeout(() => void thread.terminate(), END_MS);
    await ended;
    clearTimeout(timer);
  }

  private started(): Worker {
    if (this.thread) return this.thread;
    const { dataDir, idleMs, isStopping, memoryMiB } = this;
    const workerData: ReaderOptions = { dataDir, idleMs, isStopping };
    const resourceLimits = { maxOldGenerationSizeMb: memoryMiB };
    const thread = new Worker(new URL('./thread.js', import.meta.url), { workerData, resourceLimits });
    let failure: unknown;
    thread.on('message', (answer: Answer) => this.settle(answer));
    thread.once('error', (error) => (failure = error));
    thread.once('exit', () => this.ended(failure));
    return (this.thread = thread);
  }

  private settle({ id, ok, document, openCursors }: Answer): void {
    this.openCursors = openCursors;
    const asked = this.asked.get(id);
    this.asked.delete(id);
    if (ok) asked?.resolve([document]);
    else asked?.reject(failureIn(document));
  }

  /** What the thread was working on when it failed has failed; the rest is asked of another one. */
  private ended(failure: unknown): void {
    this.thread = undefined;
    this.openCursors = 0;
    if (failure !== undefined) {
      const [first] = this.asked.values();
      if (first) this.asked.delete(first.question.id);
      first?.reject(failureOf(failure));
    }
    for (const { question } of this.asked.values()) this.started().postMessage(question);
  }
}

function interrupted(): MongoError {
  return new MongoError(11600, 'interrupted at shutdown');
}

function failureIn(document: Uint8Array): MongoError {
  const { code, message, extra } = decodeTyped(Buffer.from(document)) as {
    code: unknown;
    message: string;
    extra: object;
  };
  return new MongoError(Number(code), message, { ...extra });
}

function failureOf(failure: unknown): MongoError {
  const { code, message } = failure as NodeJS.ErrnoException;
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') return new MongoError(146, 'the command needs more memory than there is');
  return new MongoError(1, `the command failed: ${message}`);
}
