import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { postgresFrames } from './postgres-frames.mjs';

/** Where Debian's packages put PostgreSQL 15. */
const BINARIES = '/usr/lib/postgresql/15/bin';

/** Whether PostgreSQL 15 is installed. */
export const hasPostgres = () => existsSync(join(BINARIES, 'postgres'));

/** PostgreSQL does not run as root: the user that Debian's packages made runs it then. */
function owner() {
  if (process.getuid() !== 0) return {};
  const field = (flag) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  return { uid: field('-u'), gid: field('-g') };
}

/** Makes a cluster in a temporary folder and starts it: every commit synced, reached by a socket only. */
export async function startPostgres(connections = 64) {
  const user = owner();
  const folder = mkdtempSync(join(tmpdir(), 'parlance-bench-pg-'));
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  chmodSync(folder, 0o755);
  if (user.uid !== undefined) for (const path of [folder, data]) chownSync(path, user.uid, user.gid);
  const made = spawnSync(
    join(BINARIES, 'initdb'),
    ['-D', data, '-U', 'bench', '-A', 'trust', '--no-locale', '-E', 'UTF8'],
    {
      ...user,
      encoding: 'utf8',
    },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const settings = {
    listen_addresses: '',
    unix_socket_directories: folder,
    synchronous_commit: 'on',
    fsync: 'on',
    max_connections: 200,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(join(BINARIES, 'postgres'), ['-D', data, ...flags], {
    ...user,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk) => (log += chunk));
  const pool = new pg.Pool({ host: folder, user: 'bench', database: 'postgres', max: connections });
  // A connection that is closed when the server stops is no failure of the bench.
  pool.on('error', () => undefined);
  await answering(pool, child, () => log);
  return {
    name: 'PostgreSQL',
    pid: child.pid,
    folder,
    version: readFileSync(join(data, 'PG_VERSION'), 'utf8').trim(),
    ...operations(pool),
    frames: postgresFrames(folder, STATEMENTS),
    async stop() {
      await pool.end();
      const exited = once(child, 'exit');
      child.kill('SIGINT');
      await exited;
    },
  };
}

async function answering(pool, child, log) {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (child.exitCode !== null) throw new Error(`PostgreSQL did not start:\n${log()}`);
    try {
      await pool.query('SELECT 1');
      return;
    } catch {
      await pause(100);
    }
  }
  throw new Error(`PostgreSQL did not answer:\n${log()}`);
}

/** The statements of the bench on a table. */
const STATEMENTS = {
  insert: (name) => `INSERT INTO ${name} VALUES ($1, $2)`,
  insertMany: (name) => `INSERT INTO ${name} SELECT doc->>'_id', doc FROM jsonb_array_elements($1::jsonb) AS doc`,
  read: (name) => `SELECT doc FROM ${name} WHERE id = $1`,
  update: (name) => `UPDATE ${name} SET doc = jsonb_set(doc, '{body}', to_jsonb($2::text)) WHERE id = $1`,
  page: (name) => `SELECT doc FROM ${name} WHERE doc->>'conversationId' = $1 AND (doc->>'seq')::bigint < $2
     ORDER BY (doc->>'seq')::bigint DESC LIMIT 50`,
};

function operations(pool) {
  // A name makes each statement a prepared one, which is parsed and planned once a connection.
  const run = (operation, table, values) =>
    pool.query({ name: `${table}-${operation}`, text: STATEMENTS[operation](table), values });
  return {
    async prepare(name) {
      await pool.query(`CREATE TABLE ${name} (id text PRIMARY KEY, doc jsonb NOT NULL)`);
      await pool.query(`CREATE UNIQUE INDEX ON ${name} ((doc->>'conversationId'), ((doc->>'seq')::bigint))`);
      await pool.query(`CREATE UNIQUE INDEX ON ${name} ((doc->>'senderId'), (doc->>'clientId'))`);
    },
    settle: (name) => pool.query(`VACUUM ANALYZE ${name}`),
    insert: (name, doc) => run('insert', name, [doc._id, JSON.stringify(doc)]),
    insertMany: (name, docs) => run('insertMany', name, [JSON.stringify(docs)]),
    read: (name, id) => run('read', name, [id]),
    update: (name, id, body) => run('update', name, [id, body]),
    page: (name, conversationId, before) => run('page', name, [conversationId, before]).then(({ rows }) => rows),
  };
}
