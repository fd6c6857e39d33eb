import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { DomainError, NotFound, toProblem, Unauthenticated } from '../errors/index.js';
import type { Env } from '../config/env.js';
import type { Metrics } from './metrics.js';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compared in constant time, and by digests, so that not even the length is told. */
function isToken(header: string | undefined, token: string): boolean {
  return timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`));
}

/**
 * Answers `/metrics`. With `METRICS_TOKEN` only to whoever sends it. Without it only on a port of its own, and in
 * development: in production the port that people use tells nobody how much is going on.
 * @param own whether the request came in on `METRICS_PORT`
 */
export async function serveMetrics(
  { metrics, env, own }: { metrics: Metrics; env: Env; own: boolean },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const refuse = (error: DomainError): void => {
    const problem = toProblem(error);
    response.writeHead(problem.status, { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' });
    response.end(JSON.stringify(problem));
  };
  if (request.method !== 'GET') return refuse(new DomainError(NotFound));
  if (env.metricsToken !== undefined) {
    if (!isToken(request.headers.authorization, env.metricsToken)) return refuse(new DomainError(Unauthenticated));
  } else if (!own && env.isProduction) return refuse(new DomainError(NotFound));
  const text = await metrics.registry.metrics();
  response.writeHead(200, { 'Content-Type': metrics.registry.contentType, 'Cache-Control': 'no-store' });
  response.end(text);
}
