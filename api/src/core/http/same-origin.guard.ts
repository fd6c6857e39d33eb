import { applyDecorators, type CanActivate, type ExecutionContext, Injectable, UseGuards } from '@nestjs/common';
import type { Request } from 'express';
import { DomainError, Forbidden, UnsupportedMediaType } from '../errors/index.js';
import { AllowedOrigins } from './allowed-origins.js';

/**
 * For routes that act on a cookie: the request must come from our own client. Browsers say so in `Origin` or, where
 * they leave that out, in `Sec-Fetch-Site`; what says nothing at all is no browser and has no cookie of anybody's.
 */
@Injectable()
export class SameOriginGuard implements CanActivate {
  constructor(private readonly origins: AllowedOrigins) {}

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<Request>();
    const { origin } = headers;
    const site = headers['sec-fetch-site'];
    const foreign =
      origin !== undefined ? !this.origins.includes(origin) : site !== undefined && site !== 'same-origin';
    if (foreign)
      throw new DomainError(Forbidden, { detail: 'This request did not come from the client of this server.' });
    const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
    if (type !== 'application/json') throw new DomainError(UnsupportedMediaType, { detail: 'Send JSON.' });
    return true;
  }
}

/** Marks a handler or controller as acting on a cookie: JSON, from the same origin, or not at all. */
export const SameOrigin = () => applyDecorators(UseGuards(SameOriginGuard));
