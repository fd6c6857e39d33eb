import { IsIn, IsOptional, IsString, Matches, MinLength } from 'class-validator';
import { IntegerVariable, SecretVariable, Variable } from './env-fields.js';

/**
 * Every setting of the API, typed and validated, read once at boot. `.env.example` explains each variable for
 * operators; a spec keeps that file and this class in step.
 */
export class Env {
  @Variable('NODE_ENV')
  @IsIn(['development', 'production', 'test'], { message: 'must be development, production or test' })
  nodeEnv: 'development' | 'production' | 'test' = 'development';

  // Where it listens, and where it keeps its data

  /** 0 takes any free port. */
  @IntegerVariable('PORT', 0, 65_535)
  port = 3000;

  @Variable('HOST')
  @MinLength(1, { message: 'must be an address or a host name' })
  host = '127.0.0.1';

  @Variable('DATA_DIR')
  @MinLength(1, { message: 'must be a folder' })
  dataDir = './data';

  /** Absent: the embedded store in `dataDir`. */
  @Variable('MONGODB_URI')
  @IsOptional()
  @Matches(/^mongodb(\+srv)?:\/\/.+/, { message: 'must begin with mongodb:// or mongodb+srv://' })
  mongodbUri?: string;

  /** Where people reach it, without a path. Absent: the address it listens on. */
  @Variable('PUBLIC_ORIGIN')
  @IsOptional()
  @Matches(/^https?:\/\/[^/?#]+$/, { message: 'must be an origin such as https://chat.example.org, without a path' })
  publicOrigin?: string;

  /** Where `/metrics` is answered besides; 0 for nowhere. */
  @IntegerVariable('METRICS_PORT', 0, 65_535)
  metricsPort = 0;

  /** What `/metrics` is asked for with, as a bearer token. */
  @SecretVariable('METRICS_TOKEN')
  metricsToken?: string;

  /** How many proxies stand in front; only then do forwarded headers count. */
  @IntegerVariable('TRUST_PROXY_HOPS', 0, 10)
  trustProxyHops = 0;

  @Variable('SIGNUP')
  @IsIn(['open', 'closed', 'invite'], { message: 'must be open, closed or invite' })
  signup: 'open' | 'closed' | 'invite' = 'open';

  // Secrets; `ensureSecrets` fills in what development leaves out

  @SecretVariable('ACCESS_TOKEN_SECRET')
  accessTokenSecret: string;

  /** The key before the current one, while tokens signed with it are still in use. */
  @SecretVariable('ACCESS_TOKEN_SECRET_PREVIOUS')
  accessTokenSecretPrevious?: string;

  @SecretVariable('PASSWORD_PEPPER')
  passwordPepper: string;

  /** Stands in each stored hash, so that a later pepper can be told from this one. */
  @Variable('PASSWORD_PEPPER_ID')
  @Matches(/^[a-z0-9]{1,16}$/, { message: 'must be 1 to 16 small letters and digits' })
  passwordPepperId = 'p1';

  /** Signs the device cookie and the directory's cursors. */
  @SecretVariable('COOKIE_SECRET')
  cookieSecret: string;

  // Accounts and sessions

  @IntegerVariable('BCRYPT_COST', 4, 16)
  bcryptCost = 12;

  @IntegerVariable('PASSWORD_MIN_LENGTH', 8, 64)
  passwordMinLength = 8;

  @IntegerVariable('ACCESS_TOKEN_SECONDS', 5, 3_600)
  accessTokenSeconds = 600;

  @IntegerVariable('SESSION_IDLE_DAYS', 1, 365)
  sessionIdleDays = 14;

  @IntegerVariable('SESSION_ABSOLUTE_DAYS', 1, 365)
  sessionAbsoluteDays = 30;

  @IntegerVariable('SIGN_IN_FAILURES', 1, 1_000)
  signInFailures = 5;

  @IntegerVariable('SIGN_IN_MAX_WAIT_SECONDS', 1, 86_400)
  signInMaxWaitSeconds = 900;

  @IntegerVariable('AVATAR_UPLOADS_PER_HOUR', 1, 10_000)
  avatarUploadsPerHour = 10;

  // Limits of HTTP

  @IntegerVariable('HTTP_REQUESTS_PER_10_SECONDS', 1, 1_000_000)
  httpRequestsPer10Seconds = 100;

  @IntegerVariable('HTTP_BODY_BYTES', 1_024, 1_048_576)
  httpBodyBytes = 32_768;

  // Limits of the socket; "per second" refills what "burst" holds

  @IntegerVariable('SOCKET_EVENTS_PER_SECOND', 1, 1_000_000)
  socketEventsPerSecond = 20;

  @IntegerVariable('SOCKET_EVENTS_BURST', 1, 1_000_000)
  socketEventsBurst = 40;

  @IntegerVariable('SOCKET_SENDS_PER_SECOND', 1, 1_000_000)
  socketSendsPerSecond = 5;

  @IntegerVariable('SOCKET_SENDS_BURST', 1, 1_000_000)
  socketSendsBurst = 20;

  @IntegerVariable('SOCKET_TYPING_PER_SECOND', 1, 1_000)
  socketTypingPerSecond = 1;

  @IntegerVariable('SOCKET_ABUSE_FACTOR', 2, 1_000)
  socketAbuseFactor = 3;

  @IntegerVariable('SOCKET_ABUSE_SECONDS', 1, 3_600)
  socketAbuseSeconds = 5;

  @IntegerVariable('SOCKETS_PER_USER', 1, 1_000_000)
  socketsPerUser = 10;

  @IntegerVariable('SOCKETS_PER_ADDRESS', 1, 1_000_000)
  socketsPerAddress = 50;

  @IntegerVariable('SOCKET_CONNECT_SECONDS', 1, 60)
  socketConnectSeconds = 5;

  @IntegerVariable('SOCKET_FRAME_BYTES', 1_024, 1_048_576)
  socketFrameBytes = 65_536;

  @IntegerVariable('SOCKET_BACKLOG_BYTES', 1_024, 1_073_741_824)
  socketBacklogBytes = 1_048_576;

  @IntegerVariable('SOCKET_BACKLOG_PACKETS', 1, 1_000_000)
  socketBacklogPackets = 500;

  @IntegerVariable('SOCKET_PING_SECONDS', 1, 300)
  socketPingSeconds = 10;

  @IntegerVariable('SOCKET_PING_TIMEOUT_SECONDS', 1, 300)
  socketPingTimeoutSeconds = 10;

  // Live

  @IntegerVariable('PRESENCE_GRACE_MS', 0, 60_000)
  presenceGraceMs = 5_000;

  @IntegerVariable('HEADS_SECONDS', 1, 300)
  headsSeconds = 15;

  @IntegerVariable('DRAIN_SECONDS', 1, 300)
  drainSeconds = 15;

  @Variable('LOG_LEVEL')
  @IsString()
  @IsIn(['error', 'warn', 'log', 'debug'], { message: 'must be error, warn, log or debug' })
  logLevel: 'error' | 'warn' | 'log' | 'debug' = 'log';

  get isProduction(): boolean {
    return this.nodeEnv === 'production';
  }
}
