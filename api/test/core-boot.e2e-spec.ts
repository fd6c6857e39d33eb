import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** The built API as a process of its own: what an operator sees of it. */
class Process {
  output = '';
  errors = '';
  private readonly child: ChildProcess;
  private readonly exited: Promise<number | null>;

  constructor(settings: Record<string, string>) {
    this.child = spawn(process.execPath, [MAIN], {
      env: { PATH: process.env['PATH'], NODE_ENV: 'test', HOST: '127.0.0.1', PORT: '0', ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
    this.exited = once(this.child, 'close').then(([code]) => code as number | null);
  }

  /** The address that it prints when it is ready. */
  ready(): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const address = /Parlance is ready at (http:\S+)/.exec(this.output)?.[1];
        if (address) resolve(address);
      };
      this.child.stdout?.on('data', look);
      void this.exited.then((code) => reject(new Error(`It ended with ${code}: ${this.errors}`)));
      look();
    });
  }

  end(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    return this.exited;
  }

  /** The exit code of a start that fails. */
  failure(): Promise<number | null> {
    return this.exited;
  }
}

describe('the process', () => {
  let dataDir: string;
  const running: Process[] = [];
  const start = (settings: Record<string, string> = {}) => {
    const started = new Process({ DATA_DIR: dataDir, ...settings });
    running.push(started);
    return started;
  };

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'parlance-boot-'));
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.end('SIGKILL')));
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('says where it is once it is ready for work', async () => {
    const address = await start().ready();
    expect((await fetch(`${address}/api/health/ready`)).status).toBe(200);
    // Ready means that the database takes writes.
    const account = { username: 'sample', email: 'sample@example.test', password: 'correct horse battery' };
    const registered = await fetch(`${address}/api/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(account),
    });
    expect(registered.status).toBe(201);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('stops on %s and reports success', async (signal) => {
    const server = start();
    await server.ready();
    expect(await server.end(signal)).toBe(0);
    expect(server.errors).toBe('');
  });

  it('has one signal after another do no harm', async () => {
    const server = start();
    await server.ready();
    const ended = server.end('SIGTERM');
    void server.end('SIGINT');
    expect(await ended).toBe(0);
  });

  it('ends in time although a request never does, says so, and leaves its data in order', async () => {
    const server = start({ DRAIN_SECONDS: '1', LOG_LEVEL: 'warn' });
    const { hostname, port } = new URL(await server.ready());
    const request = connect(Number(port), hostname);
    request.on('error', () => undefined);
    const head = ['POST /api/auth/login HTTP/1.1', `Host: ${hostname}:${port}`, 'Content-Length: 100'];
    request.write([...head, 'Content-Type: application/json', 'Expect: 100-continue', '', '{'].join('\r\n'));
    const [answer] = (await once(request, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1.1 100 /);
    expect(await server.end('SIGTERM')).toBe(0);
    expect(server.output + server.errors).toContain('Not everything was finished within 1 s.');
    request.destroy();
    expect(await start().ready()).toMatch(/^http:/);
  });

  const fails = async (settings: Record<string, string>): Promise<string> => {
    const server = start({ LOG_LEVEL: 'error', ...settings });
    expect(await server.failure()).toBe(1);
    expect(server.output).toBe('');
    expect(server.errors).toMatch(/^\nParlance cannot start\. /);
    expect(server.errors).not.toMatch(/^\s+at /m);
    return server.errors.trim();
  };

  it('says which settings cannot be used, all of them and none of their values', async () => {
    const words = await fails({ PORT: 'hunter2', SIGNUP: 'hunter2' });
    expect(words).toContain('PORT must be a whole number');
    expect(words).toContain('SIGNUP must be open, closed or invite');
    expect(words).not.toContain('hunter2');
  });

  it('says that the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    expect(await fails({ PORT: String(port) })).toBe(
      `Parlance cannot start. Port ${port} on 127.0.0.1 is taken. Stop what runs there, or choose another PORT.`,
    );
    other.close();
  });

  it('says that the data folder cannot be written', async () => {
    writeFileSync(join(dataDir, 'file'), '');
    expect(await fails({ DATA_DIR: join(dataDir, 'file', 'data') })).toContain('cannot be written');
    expect(await fails({ DATA_DIR: '/proc/no-folder-can-be-made-here' })).toContain('cannot be written');
  });

  it('says that another Parlance has the data folder', async () => {
    await start().ready();
    expect(await fails({})).toContain('in use');
  });

  it('says that the database does not answer, and keeps its password to itself', async () => {
    const words = await fails({ MONGODB_URI: 'mongodb://root:hunter2@127.0.0.1:1/parlance' });
    expect(words).toContain('The database at MONGODB_URI does not answer');
    expect(words).not.toContain('hunter2');
  });
});
