import type { NextFunction, Request, Response } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Env } from '../config/env.js';
import { DomainError, TooManyRequests, toProblem } from '../errors/index.js';
import { clientAddress } from '../realtime/client-address.js';
import { sendProblem } from './problem.filter.js';

const WINDOW_SECONDS = 10;
/** A page of people shows dozens of pictures at once; they are public, immutable and cached. Probes come often. */
const UNCOUNTED = /^\/api\/(avatars\/(?!choices)|health\/)/;

/** Limits how often one address may ask the API; the files of the client are not counted. */
export function rateLimit(env: Env) {
  const limiter = new RateLimiterMemory({ points: env.httpRequestsPer10Seconds, duration: WINDOW_SECONDS });
  return (request: Request, response: Response, next: NextFunction): void => {
    if (!request.path.startsWith('/api/') || UNCOUNTED.test(request.path)) return next();
    limiter.consume(clientAddress(request, env.trustProxyHops)).then(
      () => next(),
      (refused: unknown) => {
        const waitMs = refused instanceof RateLimiterRes ? refused.msBeforeNext : WINDOW_SECONDS * 1000;
        const retryAfter = Math.max(1, Math.ceil(waitMs / 1000));
        sendProblem(response, toProblem(new DomainError(TooManyRequests, { retryAfter })));
      },
    );
  };
}
