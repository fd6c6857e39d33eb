import { hostname } from 'node:os';
import { MAX_DOCUMENT_BYTES, type Doc } from '../document.js';
import { MAX_MESSAGE_BYTES } from '../wire/message.js';
import { MongoError } from '../errors.js';
import { isView } from '../store/catalogue.js';
import { checkAdmin, existing, type Call, type Command, type Server } from './command.js';
import { VERSION, VERSION_PARTS } from './version.js';

/** MongoDB 8.0's wire version: drivers talk to this server as to that one. */
const WIRE_VERSION = 25;

const hello: Command = {
  // Handshakes grow with every driver; what is new in them may be passed over.
  fields: 'any',
  run: (_server, call) => ({
    ...(call.name === 'hello' ? { isWritablePrimary: true } : { ismaster: true, isWritablePrimary: true }),
    helloOk: true,
    // No `topologyVersion`: a driver then polls, and never waits on a streaming hello.
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    maxMessageSizeBytes: MAX_MESSAGE_BYTES,
    maxWriteBatchSize: 100_000,
    localTime: new Date(),
    logicalSessionTimeoutMinutes: 30,
    connectionId: call.connectionId,
    minWireVersion: 0,
    maxWireVersion: WIRE_VERSION,
    readOnly: false,
    ok: 1,
  }),
};

const empty = (): Doc => ({ ok: 1 });

/** Commands about the server itself and its sessions. */
export const DIAGNOSTIC_COMMANDS: Record<string, Command> = {
  hello,
  ismaster: hello,
  isMaster: hello,
  ping: { fields: [], run: empty },
  endSessions: { fields: [], run: empty },
  killSessions: { fields: [], run: empty },
  refreshSessions: { fields: [], run: empty },
  buildInfo: { fields: [], run: buildInfo },
  buildinfo: { fields: [], run: buildInfo },
  connectionStatus: {
    fields: ['showPrivileges'],
    run: () => ({ authInfo: { authenticatedUsers: [], authenticatedUserRoles: [] }, ok: 1 }),
  },
  hostInfo: { fields: [], run: () => ({ system: { hostname: hostname(), currentTime: new Date() }, ok: 1 }) },
  serverStatus: {
    fields: [],
    run: (server) => ({
      host: hostname(),
      version: VERSION,
      process: 'parlance-embedded-mongo',
      pid: process.pid,
      uptime: Math.floor((Date.now() - server.startedAt.getTime()) / 1000),
      localTime: new Date(),
      ok: 1,
    }),
  },
  getParameter: { fields: 'any', run: getParameter },
  dbStats: {
    fields: ['scale', 'freeStorage'],
    run: (server, call) => {
      const scaleFactor = scaleOf(call);
      const all = server.catalogue.list(call.db);
      const collections = all.filter((info) => !isView(info));
      return {
        db: call.db,
        collections: collections.length,
        views: all.length - collections.length,
        objects: collections.reduce((sum, info) => sum + info.count, 0),
        indexes: collections.reduce((sum, info) => sum + info.indexes.length + 1, 0),
        storageSize: Math.floor(server.environment.sizeOnDisk / scaleFactor),
        scaleFactor,
        ok: 1,
      };
    },
  },
  collStats: {
    fields: ['scale'],
    run: (server, call) => {
      const info = existing(server, call);
      return { ns: call.namespace, count: info.count, nindexes: info.indexes.length + 1, capped: false, ok: 1 };
    },
  },
};

/** What sizes are divided by. */
function scaleOf(call: Call): number {
  const scale = call.count('scale') ?? 1;
  if (scale < 1) throw new MongoError(51024, `BSON field 'scale' value must be >= 1, actual value '${scale}'`);
  return scale;
}

const PARAMETERS: Doc = {
  featureCompatibilityVersion: { version: '8.0' },
  ttlMonitorEnabled: true,
  ttlMonitorSleepSecs: 60,
  cursorTimeoutMillis: 600_000,
  localLogicalSessionTimeoutMinutes: 30,
};

function getParameter(_server: Server, call: Call): Doc {
  checkAdmin(call);
  const asked = Object.keys(call.request.args).filter((name) => Object.hasOwn(PARAMETERS, name));
  const all = call.value('getParameter') === '*' || call.value('allParameters') === true;
  if (!all && asked.length === 0) throw new MongoError(72, 'no option found to get');
  return { ...(all ? PARAMETERS : Object.fromEntries(asked.map((name) => [name, PARAMETERS[name]]))), ok: 1 };
}

function buildInfo(): Doc {
  return {
    version: VERSION,
    versionArray: VERSION_PARTS,
    gitVersion: 'parlance-embedded-mongo',
    modules: ['parlance-embedded-mongo'],
    bits: 64,
    debug: false,
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    ok: 1,
  };
}
