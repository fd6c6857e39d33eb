import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Problem } from '@parlance/contracts';
import type { Response } from 'express';
import { toProblem } from '../errors/index.js';
import { requestIdOf } from './request-id.js';

/** Writes a problem as RFC 9457 §3 has it. */
export function sendProblem(response: Response, problem: Problem): void {
  if (problem.retryAfter !== undefined) response.setHeader('Retry-After', String(problem.retryAfter));
  if (problem.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}

/** Every error of HTTP, also those of body parsers and of paths that nobody serves. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    // Too late for an answer: all that is left is not to pretend that it was complete.
    if (response.headersSent) response.destroy();
    else sendProblem(response, toProblem(error, requestIdOf(response)));
  }
}
