import { chmodSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Connection, type Handler } from './connection.js';

/** Longest path of a Unix socket in bytes that every system takes. */
const MAX_SOCKET_PATH = 100;
const OPTIONS = 'directConnection=true&retryWrites=false';

/** A listening server. */
export interface Listener {
  /** Connection string without a database. */
  readonly uri: string;
  /** Stops accepting, waits for the requests that run, ends all connections. */
  close(): Promise<void>;
}

/** Listens on a Unix socket of mode 0600 in the data folder, or on a free port of the loopback address. */
export async function listen(folder: string, transport: 'socket' | 'tcp', handle: Handler): Promise<Listener> {
  const connections = new Set<Connection>();
  let nextId = 1;
  const server = createServer((socket) => {
    const connection = new Connection(socket, nextId++, handle);
    connections.add(connection);
    socket.on('close', () => connections.delete(connection));
  });
  const place = transport === 'tcp' ? await listenOnLoopback(server) : await listenOnSocket(server, folder);
  return {
    uri: place.uri,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.all([...connections].map((connection) => connection.finish()));
      await closed;
      place.remove();
    },
  };
}

interface Place {
  uri: string;
  remove: () => void;
}

async function listenOnLoopback(server: Server): Promise<Place> {
  await start(server, { host: '127.0.0.1', port: 0 });
  const { port } = server.address() as AddressInfo;
  return { uri: `mongodb://127.0.0.1:${port}/?${OPTIONS}`, remove: () => undefined };
}

async function listenOnSocket(server: Server, folder: string): Promise<Place> {
  // Bound inside a folder of mode 0700 and moved when its own mode is right, so that nobody else can ever connect.
  const isShort = Buffer.byteLength(join(folder, '.mongo-XXXXXX', 'mongo.sock')) <= MAX_SOCKET_PATH;
  const hidden = mkdtempSync(isShort ? join(folder, '.mongo-') : join(tmpdir(), 'mongo-'));
  const bound = join(hidden, 'mongo.sock');
  await start(server, { path: bound });
  chmodSync(bound, 0o600);
  const path = isShort ? join(dirname(hidden), 'mongo.sock') : bound;
  if (isShort) {
    renameSync(bound, path);
    rmSync(hidden, { recursive: true });
  }
  const remove = (): void => {
    rmSync(path, { force: true });
    if (!isShort) rmSync(hidden, { recursive: true, force: true });
  };
  return { uri: `mongodb://${encodeURIComponent(path)}/?${OPTIONS}`, remove };
}

function start(server: Server, where: { path: string } | { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
