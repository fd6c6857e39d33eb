import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crowd } from './people.mjs';
import { startApi } from './servers.mjs';

/**
 * People with an account and a session each, made once for all measurements that only connect: each of these starts a
 * server on a copy of their data. So no server has the garbage of registrations, into which sockets would grow unseen.
 */
export class Town {
  people = [];
  #folder;

  async settle(count) {
    this.#folder = mkdtempSync(join(tmpdir(), 'parlance-bench-town-'));
    const server = await startApi();
    try {
      this.people = await crowd(server, count);
    } finally {
      await server.stop((dataDir) => cpSync(dataDir, this.#folder, { recursive: true }));
    }
  }

  start = () => startApi({ from: this.#folder });

  leave() {
    if (this.#folder) rmSync(this.#folder, { recursive: true, force: true });
  }
}
