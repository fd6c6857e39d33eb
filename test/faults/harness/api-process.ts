import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serverNode } from '../../../scripts/server-node.mjs';
import type { Plant } from './planted-bugs';

const main = fileURLToPath(new URL('../../../api/dist/main.js', import.meta.url));
const agent = new URL('./agent.mjs', import.meta.url).href;

const START_TIMEOUT_MS = 60_000;
/** Twice what it may take to drain. */
const END_TIMEOUT_MS = 30_000;
const COMMAND_TIMEOUT_MS = 20_000;

/** Limits that no case runs into by accident; the checks stay in the path. Short times, so that cases are short. */
const SETTINGS: Readonly<Record<string, string>> = {
  NODE_ENV: 'test',
  HOST: '127.0.0.1',
  BCRYPT_COST: '4',
  ACCESS_TOKEN_SECONDS: '3600',
  LOG_LEVEL: 'error',
  HTTP_REQUESTS_PER_10_SECONDS: '1000000',
  SOCKET_EVENTS_PER_SECOND: '100000',
  SOCKET_EVENTS_BURST: '100000',
  SOCKET_SENDS_PER_SECOND: '100000',
  SOCKET_SENDS_BURST: '100000',
  SOCKETS_PER_USER: '1000',
  SOCKETS_PER_ADDRESS: '10000',
  SOCKET_PING_SECONDS: '1',
  SOCKET_PING_TIMEOUT_SECONDS: '1',
  HEADS_SECONDS: '2',
};

type Command =
  | { command: 'block'; ms: number }
  | { command: 'clock'; ms: number }
  | { command: 'losePushes'; share: number; seed: number }
  | { command: 'memory' };

/** Bytes, after full collections. */
export interface ApiMemory {
  /** What the main thread holds. */
  readonly main: number;
  /** What the store's worker holds. */
  readonly store: number;
  /** What the process has in memory that no file stands behind. */
  readonly anonymous: number;
}

/** The API as it is built, in a process of its own, that can be killed and started again on its data. */
export class ApiProcess {
  readonly dataDir: string;
  /** What its processes have written to stderr. */
  stderr = '';
  private child: ChildProcess | undefined;
  private port = 0;
  private lastId = 0;
  private readonly answers = new Map<number, (result: unknown) => void>();

  constructor(
    readonly plants: readonly Plant[] = [],
    private readonly settings: Record<string, string> = {},
    dataDir?: string,
    /** For Node, beside those of `npm start`. */
    private readonly nodeArgs: readonly string[] = [],
  ) {
    this.dataDir = dataDir ?? mkdtempSync(join(tmpdir(), 'parlance-faults-'));
  }

  /** Where it listens; the same after a restart. */
  get address(): { host: string; port: number } {
    return { host: '127.0.0.1', port: this.port };
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Throws with its last words when it has ended by itself. */
  get pid(): number {
    const { child } = this;
    if (child?.pid === undefined || !this.runs) throw this.endedByItself();
    return child.pid;
  }

  /** What ended it, if a signal did. */
  get signal(): NodeJS.Signals | null {
    return this.child?.signalCode ?? null;
  }

  get runs(): boolean {
    return this.child?.exitCode === null && this.child.signalCode === null;
  }

  /** Resolves when it says that it is ready; fails with what it said when it does not start. */
  async start(): Promise<void> {
    const child = spawn(
      process.execPath,
      [...serverNode.args, ...this.nodeArgs, '--expose-gc', '--import', agent, main],
      {
        env: {
          ...process.env,
          ...serverNode.env,
          ...SETTINGS,
          PORT: String(this.port),
          DATA_DIR: this.dataDir,
          FAULTS_PLANTS: JSON.stringify(this.plants),
          ...this.settings,
        },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      },
    );
    this.child = child;
    child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    child.on('message', ({ id, result }: { id: number; result: unknown }) => {
      this.answers.get(id)?.(result);
      this.answers.delete(id);
    });
    let output = '';
    await new Promise<void>((resolve, reject) => {
      const fail = (what: string) => reject(new Error(`${what}\n${output}${this.stderr}`));
      const timer = setTimeout(() => fail('The API was not ready in time.'), START_TIMEOUT_MS);
      const ended = (code: number | null) => {
        clearTimeout(timer);
        fail(`The API ended with ${code}.`);
      };
      child.once('exit', ended);
      child.stdout?.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        const ready = /ready at http:\/\/[\d.]+:(\d+)/.exec(output);
        if (!ready?.[1]) return;
        this.port = Number(ready[1]);
        clearTimeout(timer);
        child.off('exit', ended);
        resolve();
      });
    });
  }

  /** Ends it without a word of warning, as a power cut would. Fails when it had ended by itself. */
  kill(): Promise<number | null> {
    return this.end('SIGKILL');
  }

  /** Ends it as an operator would, and answers its exit code. Fails when it had ended by itself. */
  stop(): Promise<number | null> {
    return this.end('SIGTERM');
  }

  /** The event loop does nothing at all for so long. Resolves when it goes on. */
  block(ms: number): Promise<unknown> {
    return this.ask({ command: 'block', ms });
  }

  /** Moves the clock of the API by so many milliseconds. */
  moveClock(ms: number): Promise<unknown> {
    return this.ask({ command: 'clock', ms });
  }

  /** From now on this share of all pushes is lost, from 0 to 1; the seed says which. */
  losePushes(share: number, seed: number): Promise<unknown> {
    return this.ask({ command: 'losePushes', share, seed });
  }

  async memory(): Promise<ApiMemory> {
    return (await this.ask({ command: 'memory' })) as ApiMemory;
  }

  /** The value of a metric that has no labels. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    return Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1]);
  }

  /** Rejections that nobody handled, in all its processes. */
  get unhandledRejections(): number {
    return this.stderr.split('Unhandled rejection:').length - 1;
  }

  /** Ends it, whatever it does, and removes its data. */
  async dispose(): Promise<void> {
    if (this.runs) await this.kill();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  private ask(command: Command): Promise<unknown> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`No answer to ${command.command}.`)), COMMAND_TIMEOUT_MS);
      this.answers.set(id, (result) => {
        clearTimeout(timer);
        resolve(result);
      });
      this.child?.send({ id, ...command });
    });
  }

  private endedByItself(): Error {
    const { child, stderr } = this;
    return new Error(`The API had ended by itself: ${child?.exitCode ?? child?.signalCode}.\n${stderr}`);
  }

  private async end(signal: NodeJS.Signals): Promise<number | null> {
    const { child } = this;
    if (!child || !this.runs) throw this.endedByItself();
    const exited = once(child, 'exit', { signal: AbortSignal.timeout(END_TIMEOUT_MS) });
    child.kill(signal);
    const [code] = (await exited.catch(() => {
      throw new Error(`The API did not end on ${signal} in time.\n${this.stderr}`);
    })) as [number | null];
    // By another signal than it was sent, or by itself before a kill: also while it was stopping.
    const isEndedBy = signal === 'SIGKILL' ? child.signalCode === signal : child.signalCode === null;
    if (!isEndedBy) throw this.endedByItself();
    return code;
  }
}
