import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type LogLevel, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import { AppModule } from './app.module.js';
import { Env } from './core/config/env.js';
import { QuietLogger } from './core/config/quiet-logger.js';
import { DatabaseServer } from './core/database/connection.js';
import { Readiness } from './core/health/readiness.js';
import { addressOf, AllowedOrigins } from './core/http/allowed-origins.js';
import { bodyDepth } from './core/http/body-depth.js';
import { serveOpenApi } from './core/http/open-api.js';
import { ProblemFilter } from './core/http/problem.filter.js';
import { rateLimit } from './core/http/rate-limit.js';
import { Metrics } from './core/metrics/metrics.js';
import { serveMetrics } from './core/metrics/serve-metrics.js';
import { requestId } from './core/http/request-id.js';
import { securityHeaders } from './core/http/security-headers.js';
import { serveWebClient } from './core/http/web-client.js';
import { serveAsyncApi } from './core/realtime/async-api/serve-async-api.js';
import { Broadcaster } from './core/realtime/index.js';
import { RealtimeAdapter } from './core/realtime/realtime.adapter.js';
import { ValidationPipe } from './core/validation/index.js';

const LEVELS: LogLevel[] = ['error', 'warn', 'log', 'debug'];
/** Clients of a server that stops come back after a time between these, in milliseconds. */
const COME_BACK_MS = [500, 5_000] as const;

/**
 * Connections that may wait to be accepted. After a restart everybody comes back at once; whoever finds the queue full is
 * dropped by the system, and tries again only a second later. The system may set less (`net.core.somaxconn`).
 */
const BACKLOG = 4_096;

/** The whole application, not yet listening: what `main` runs and what the e2e tests run, some of them on a part of it. */
export async function createApp(root: Type = AppModule): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(root, {
    bodyParser: false,
    abortOnError: false,
    // Kept back until it is known how to log, and printed by `main` if it never comes to that.
    bufferLogs: true,
    autoFlushLogs: false,
  });
  const env = app.get(Env);
  app.useLogger(
    new QuietLogger({ json: env.isProduction, logLevels: LEVELS.slice(0, LEVELS.indexOf(env.logLevel) + 1) }),
  );
  app.flushLogs();

  app.disable('x-powered-by');
  // Before anything else touches the router: "/API/…" must not slip past what looks at "/api/…".
  app.enable('case sensitive routing');
  app.set('query parser', 'simple');
  app.set('trust proxy', env.trustProxyHops);
  app.use(requestId);
  app.use(securityHeaders(env));
  app.use(rateLimit(env));
  const metrics = app.get(Metrics, { strict: false });
  app.use('/metrics', (request: Request, response: Response, next: NextFunction) => {
    if (request.path !== '/') next();
    else serveMetrics({ metrics, env, own: false }, request, response).catch(next);
  });
  serveWebClient(app);
  app.useBodyParser('json', { limit: env.httpBodyBytes, strict: true });
  app.use(bodyDepth);

  app.setGlobalPrefix('api');
  app.useGlobalPipes(new ValidationPipe());
  app.useGlobalFilters(new ProblemFilter());
  app.useWebSocketAdapter(new RealtimeAdapter(app));
  serveAsyncApi(app);
  serveOpenApi(app);
  return app;
}

/** Listens as configured and answers the address that people can open. */
export async function listen(app: NestExpressApplication): Promise<string> {
  const env = app.get(Env);
  await app.init();
  // Not by the framework's `listen`, which logs a stack when the port is taken.
  const server = app.getHttpServer();
  server.listen(env.port, env.host, BACKLOG);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  app.get(AllowedOrigins).listeningOn(port);
  return addressOf(env.host, port);
}

/** Not ready at once; clients are told when to come back; resolves when what is in flight is finished and all is closed. */
export async function drain(app: NestExpressApplication): Promise<void> {
  app.get(Readiness).drain();
  // Each answer is now the last one of its connection: one that is never idle would keep the server from closing.
  const server = app.getHttpServer();
  server.prependListener('request', (_, response: ServerResponse) => response.setHeader('Connection', 'close'));
  // To each their own time, so that not everybody comes back in the same moment.
  app.get(Broadcaster).toEveryone('server:draining', () => ({ retryInMs: randomInt(...COME_BACK_MS) }));
  await app.close();
}

/**
 * For a stop that takes too long: closes the store with whatever is under way. A process that exits with its store open waits
 * for that, and longer than there is time left.
 */
export async function abandon(app: NestExpressApplication): Promise<void> {
  await app.get(DatabaseServer).onApplicationShutdown();
}
