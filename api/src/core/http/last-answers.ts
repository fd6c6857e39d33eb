import type { NextFunction, Request, Response } from 'express';
import type { Readiness } from '../health/readiness.js';

/**
 * While the server drains, each answer is the last one of its connection: a server that closes waits until its connections
 * have nothing to do, and that of somebody who asks again and again never would.
 */
export function lastAnswers(readiness: Readiness) {
  return (_request: Request, response: Response, next: NextFunction): void => {
    if (readiness.isDraining) response.setHeader('Connection', 'close');
    next();
  };
}
