import { randomUUID } from 'node:crypto';
import { HttpException, Logger } from '@nestjs/common';
import { type Problem, PROBLEM_TYPE_PREFIX } from '@parlance/contracts';
import {
  Forbidden,
  Internal,
  MalformedRequest,
  NotFound,
  Overloaded,
  PayloadTooLarge,
  TooManyRequests,
  Unauthenticated,
  UnsupportedMediaType,
} from './core.problems.js';
import { DomainError, type ProblemDetails } from './domain-error.js';
import type { ProblemType } from './problem-type.js';

const logger = new Logger('Errors');

/** What the framework and its parsers throw by status; their texts may repeat the input and are not passed on. */
const BY_STATUS: Readonly<Record<number, ProblemType>> = {
  400: MalformedRequest,
  401: Unauthenticated,
  403: Forbidden,
  404: NotFound,
  405: NotFound,
  413: PayloadTooLarge,
  415: UnsupportedMediaType,
  429: TooManyRequests,
  503: Overloaded,
};

function problem(type: ProblemType, { detail, errors, retryAfter }: ProblemDetails = {}): Problem {
  return {
    type: PROBLEM_TYPE_PREFIX + type.code,
    title: type.title,
    status: type.status,
    ...(detail !== undefined && { detail }),
    ...(errors !== undefined && { errors }),
    ...(retryAfter !== undefined && { retryAfter }),
  };
}

/** Status that an error of Express, body-parser or Multer carries, when it is the client's fault. */
function clientStatus(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined;
  const { status } = error;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

const stackOf = (error: unknown) => (error instanceof Error ? error.stack : String(error));

/**
 * The one translation of an error into what a client may know of it. What was not thrown on purpose is answered as
 * `internal` with a `traceId`, under which the log has the rest: the id of the request where there is one.
 */
export function toProblem(error: unknown, traceId: string = randomUUID()): Problem {
  if (error instanceof DomainError && error.type.status < 500) return problem(error.type, error.details);

  const status = clientStatus(error);
  if (status !== undefined && status < 500) return problem(BY_STATUS[status] ?? { ...MalformedRequest, status });

  if (error instanceof DomainError) {
    const { type, details } = error;
    if (details.cause === undefined) logger.warn(`${type.code} ${traceId}`);
    else logger.error(`${type.code} ${traceId}`, stackOf(details.cause));
    return { ...problem(type, details), traceId };
  }
  logger.error(`internal ${traceId}`, stackOf(error));
  return { ...problem(BY_STATUS[status ?? 500] ?? Internal), traceId };
}
