import { FRAME } from '@parlance/contracts';
import type { NextFunction, Request, Response } from 'express';
import { DomainError, ValidationFailed } from '../errors/index.js';
import { isDeeperThan } from '../validation/index.js';

/** Refuses JSON that nests too deep, before any pipe walks through it. */
export function bodyDepth(request: Request, _response: Response, next: NextFunction): void {
  if (!isDeeperThan(request.body, FRAME.maxDepth)) return next();
  next(new DomainError(ValidationFailed, { detail: `Nest at most ${FRAME.maxDepth} levels deep.` }));
}
