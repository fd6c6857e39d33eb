import { readFileSync } from 'node:fs';
import {
  arch,
  availableParallelism,
  cpus,
  hostname,
  machine,
  platform,
  release,
  totalmem,
  type,
  version,
} from 'node:os';
import { Binary, Long, UUID } from 'bson';
import { MAX_DOCUMENT_BYTES, isDoc, type Doc } from '../document.js';
import { MAX_MESSAGE_BYTES } from '../wire/message.js';
import { MongoError } from '../errors.js';
import { memoryLimit } from '../memory.js';
import { checkKnown, missingField, noUuid, wrongType } from './arguments.js';
import { SESSION_BYTES, type Call } from './call.js';
import { checkAdmin, type Command, type Server } from './command.js';
import { SELF, VERSION, VERSION_PARTS } from './version.js';

/** MongoDB 8.0's wire version: drivers talk to this server as to that one. */
const WIRE_VERSION = 25;
const STORAGE = 'lmdb';
/** How long a session lives that nobody uses. */
const SESSION_MINUTES = 30;
const LOGS = ['global', 'startupWarnings'];
const MEBIBYTE = 1024 * 1024;

const hello: Command = {
  // Handshakes grow with every driver; what is new in them may be passed over.
  fields: 'any',
  run: (_server, call) => ({
    // Its old names answer in their old word.
    [call.name === 'hello' ? 'isWritablePrimary' : 'ismaster']: true,
    helloOk: true,
    // No `topologyVersion`: a driver then polls, and never waits on a streaming hello.
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    maxMessageSizeBytes: MAX_MESSAGE_BYTES,
    maxWriteBatchSize: 100_000,
    localTime: new Date(),
    logicalSessionTimeoutMinutes: SESSION_MINUTES,
    connectionId: call.connectionId,
    minWireVersion: 0,
    maxWireVersion: WIRE_VERSION,
    readOnly: false,
    ok: 1,
  }),
};

const empty = (): Doc => ({ ok: 1 });

/**
 * Sessions have nothing here that would end with them.
 * @throws MongoError 14, 207, 40414 or 40415 for what is no list of sessions
 */
function ofSessions(_server: Server, call: Call): Doc {
  const { name } = call;
  call.list(name).forEach((session, i) => {
    const where = `${name}.${name}.${i}`;
    if (session === null) return;
    if (!isDoc(session)) throw wrongType(`${name}.${name}`, String(i), 'object', session);
    checkKnown(session, ['id', 'uid', 'txnNumber', 'txnUUID'], where);
    const { id } = session;
    if (id === undefined || id === null) throw missingField(where, 'id');
    if (!(id instanceof Binary) || id.sub_type !== Binary.SUBTYPE_UUID)
      throw new MongoError(14, `BSON field '${where}.id' is no UUID`);
    if (id.length() !== SESSION_BYTES) throw noUuid();
  });
  return { ok: 1 };
}

/** Commands about the server itself and its sessions. */
export const DIAGNOSTIC_COMMANDS: Record<string, Command> = {
  hello,
  ismaster: hello,
  isMaster: hello,
  ping: { fields: [], run: empty },
  // What else these two are told is passed over.
  startSession: {
    fields: 'any',
    run: () => ({ id: { id: new UUID() }, timeoutMinutes: SESSION_MINUTES, ok: 1 }),
  },
  killSessions: { fields: 'any', run: ofSessions },
  endSessions: { fields: [], run: ofSessions },
  refreshSessions: { fields: [], run: ofSessions },
  buildInfo: { fields: [], run: buildInfo },
  buildinfo: { fields: [], run: buildInfo },
  connectionStatus: {
    fields: ['showPrivileges'],
    run: (_server, call) => ({
      authInfo: {
        authenticatedUsers: [],
        authenticatedUserRoles: [],
        ...(call.flag('showPrivileges') ? { authenticatedUserPrivileges: [] } : {}),
      },
      ok: 1,
    }),
  },
  hostInfo: { fields: [], run: hostInfo },
  // Sections that are asked for or left out by name.
  serverStatus: { fields: 'any', run: serverStatus },
  getLog: { fields: [], run: getLog },
  getCmdLineOpts: {
    fields: [],
    run: (_server, call) => {
      checkAdmin(call);
      return { argv: [], parsed: {}, ok: 1 };
    },
  },
  getParameter: { fields: 'any', run: getParameter },
};

const PARAMETERS: Doc = {
  featureCompatibilityVersion: { version: '8.0' },
  ttlMonitorEnabled: true,
  ttlMonitorSleepSecs: 60,
  cursorTimeoutMillis: 600_000,
  localLogicalSessionTimeoutMinutes: SESSION_MINUTES,
};

function getParameter(_server: Server, call: Call): Doc {
  checkAdmin(call);
  const asked = Object.keys(call.request.args).filter((name) => Object.hasOwn(PARAMETERS, name));
  const how = call.value('getParameter');
  const all = how === '*' || call.value('allParameters') === true || (isDoc(how) && how['allParameters'] === true);
  if (!all && asked.length === 0) throw new MongoError(72, 'no option found to get');
  return { ...(all ? PARAMETERS : Object.fromEntries(asked.map((name) => [name, PARAMETERS[name]]))), ok: 1 };
}

function buildInfo(): Doc {
  return {
    version: VERSION,
    gitVersion: SELF,
    modules: [SELF],
    allocator: 'system',
    javascriptEngine: 'none',
    sysInfo: 'deprecated',
    versionArray: VERSION_PARTS,
    openssl: { running: 'disabled', compiled: 'disabled' },
    bits: 64,
    debug: false,
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    storageEngines: [STORAGE],
    buildEnvironment: { target_arch: arch(), target_os: platform() },
    ok: 1,
  };
}

function hostInfo(): Doc {
  return {
    system: {
      currentTime: new Date(),
      hostname: hostname(),
      cpuAddrSize: 64,
      memSizeMB: Long.fromNumber(Math.floor(totalmem() / MEBIBYTE)),
      memLimitMB: Long.fromNumber(Math.floor(memoryLimit() / MEBIBYTE)),
      numCores: cpus().length,
      numCoresAvailableToProcess: availableParallelism(),
      cpuArch: machine(),
      numaEnabled: false,
    },
    os: { type: type(), name: version(), version: release() },
    extra: { versionString: `${type()} ${release()}`, kernelVersion: release(), cpuString: cpus()[0]?.model ?? '' },
    ok: 1,
  };
}

function serverStatus({ startedAt, opcounters, cursors, longReads }: Server): Doc {
  const uptimeMillis = Date.now() - startedAt.getTime();
  return {
    host: hostname(),
    version: VERSION,
    process: SELF,
    pid: Long.fromNumber(process.pid),
    uptime: Math.floor(uptimeMillis / 1000),
    uptimeMillis: Long.fromNumber(uptimeMillis),
    uptimeEstimate: Long.fromNumber(Math.floor(uptimeMillis / 1000)),
    localTime: new Date(),
    mem: {
      bits: 64,
      resident: Math.floor(process.memoryUsage.rss() / MEBIBYTE),
      virtual: Math.floor(virtualBytes() / MEBIBYTE),
      supported: true,
    },
    metrics: { cursor: { open: { total: Long.fromNumber(cursors.size + (longReads?.openCursors ?? 0)) } } },
    opcounters: opcounters.document,
    storageEngine: { name: STORAGE, supportsCommittedReads: true, persistent: true, readOnly: false },
    ok: 1,
  };
}

/** Bytes of addresses that the process has; where Linux does not tell, those of its memory. */
function virtualBytes(): number {
  try {
    return Number(/^VmSize:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
  } catch {
    return process.memoryUsage.rss();
  }
}

/** Logs are for the process around: those of the server are empty. */
function getLog(_server: Server, call: Call): Doc {
  checkAdmin(call);
  const name = call.text('getLog');
  if (name === '*') return { names: LOGS, ok: 1 };
  if (!LOGS.includes(name)) throw new MongoError(96, `No log named '${name}'`);
  return { totalLinesWritten: 0, log: [], ok: 1 };
}
