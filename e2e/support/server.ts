import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serverNode } from '../../scripts/server-node.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const START_TIMEOUT_MS = 60_000;

/** A Parlance as `npm start` runs it, with a data folder of its own, that can be killed and started again. */
export class Server {
  private folder: string | undefined;
  private process: ChildProcess | undefined;
  private address: string | undefined;

  constructor(private readonly env: Record<string, string> = {}) {}

  /** Where the client is served, e.g. `http://127.0.0.1:40123`; the same after a restart. */
  get url(): string {
    if (!this.address) throw new Error('The server has not been started.');
    return this.address;
  }

  /** Made when it is first needed: files of tests are read more often than they are run. */
  private get dataDir(): string {
    return (this.folder ??= mkdtempSync(join(tmpdir(), 'parlance-e2e-')));
  }

  /** Where a driver finds the running server's database. */
  get storeUri(): string {
    return `mongodb://${encodeURIComponent(join(this.dataDir, 'mongo.sock'))}/parlance?directConnection=true`;
  }

  /** Starts the server and waits until it says that it is ready. */
  async start(): Promise<void> {
    const port = this.address ? new URL(this.address).port : '0';
    const child = spawn(process.execPath, [...serverNode.args, join(root, 'scripts', 'start.mjs')], {
      cwd: root,
      env: {
        ...process.env,
        HOST: '127.0.0.1',
        PORT: port,
        DATA_DIR: this.dataDir,
        ...serverNode.env,
        ...this.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process = child;
    let output = '';
    await new Promise<void>((resolve, reject) => {
      const fail = (what: string) => reject(new Error(`${what}\n${output}`));
      const timer = setTimeout(() => fail('The server was not ready in time.'), START_TIMEOUT_MS);
      const read = (chunk: Buffer) => {
        output += chunk.toString();
        const ready = /ready at (http:\/\/[\d.:a-z]+)/.exec(output);
        if (!ready?.[1]) return;
        this.address = ready[1].replace(/\/$/, '');
        clearTimeout(timer);
        resolve();
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('exit', (code) => {
        clearTimeout(timer);
        fail(`The server ended with ${code}.`);
      });
    });
  }

  /** Ends the process without a word of warning, as a power cut would. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Ends the process as an operator would, and answers its exit code. */
  async stop(): Promise<number | null> {
    return this.end('SIGTERM');
  }

  /** Stops the server and removes its data. */
  async dispose(): Promise<void> {
    await this.stop();
    if (this.folder) rmSync(this.folder, { recursive: true, force: true });
    this.folder = undefined;
  }

  private async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.process;
    this.process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const exited = once(child, 'exit');
    child.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  }
}
