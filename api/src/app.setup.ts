import type { AddressInfo } from 'node:net';
import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { Env } from './core/config/env.js';
import { AllowedOrigins } from './core/http/allowed-origins.js';
import { serveOpenApi } from './core/http/open-api.js';
import { ProblemFilter } from './core/http/problem.filter.js';
import { rateLimit } from './core/http/rate-limit.js';
import { securityHeaders } from './core/http/security-headers.js';
import { serveWebClient } from './core/http/web-client.js';
import { RealtimeAdapter } from './core/realtime/realtime.adapter.js';
import { ValidationPipe } from './core/validation/index.js';

const LEVELS: LogLevel[] = ['error', 'warn', 'log', 'debug'];

/** The whole application, not yet listening: what `main` runs and what the e2e tests run. */
export async function createApp(): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule, {
    bodyParser: false,
    abortOnError: false,
    bufferLogs: true,
  });
  const env = app.get(Env);
  app.useLogger(
    new ConsoleLogger({ json: env.isProduction, logLevels: LEVELS.slice(0, LEVELS.indexOf(env.logLevel) + 1) }),
  );

  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.set('trust proxy', env.trustProxyHops);
  app.use(securityHeaders(env));
  app.use(rateLimit(env));
  serveWebClient(app);
  app.useBodyParser('json', { limit: env.httpBodyBytes, strict: true });

  app.setGlobalPrefix('api');
  app.useGlobalPipes(new ValidationPipe());
  app.useGlobalFilters(new ProblemFilter());
  app.useWebSocketAdapter(new RealtimeAdapter(app));
  serveOpenApi(app);
  return app;
}

/** Listens as configured and answers the address that people can open. */
export async function listen(app: NestExpressApplication): Promise<string> {
  const env = app.get(Env);
  await app.listen(env.port, env.host);
  const { port } = app.getHttpServer().address() as AddressInfo;
  app.get(AllowedOrigins).listeningOn(port);
  const host = ['0.0.0.0', '::'].includes(env.host) ? 'localhost' : env.host;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
