import { randomBytes } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import helmet from 'helmet';
import type { Env } from '../config/env.js';

/** An answer of the API is data: a browser that is made to open it as a page may do nothing with it. */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";

/** Swagger's page brings a style of its own, inline. */
const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
  "frame-ancestors 'none'; base-uri 'none'";

/**
 * Policy of the client's page. Angular adds the styles of components at run time, each with the page's nonce; scripts
 * are files of our own, and DOM sinks take only what Angular's own Trusted Types policy has made.
 */
const pagePolicy = (nonce: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' blob: data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types angular angular#bundler',
  ].join('; ');

/** Headers of every answer, and the policy of those that are not the client's page. */
export function securityHeaders(env: Env) {
  const common = helmet({
    contentSecurityPolicy: false,
    crossOriginEmbedderPolicy: false,
    strictTransportSecurity: env.publicOrigin?.startsWith('https:') ?? false,
    referrerPolicy: { policy: 'no-referrer' },
  });
  return (request: Request, response: Response, next: NextFunction): void => {
    response.setHeader('Permissions-Policy', 'camera=(), microphone=(), geolocation=(), payment=(), usb=()');
    response.setHeader('Content-Security-Policy', request.path.startsWith('/api/docs') ? DOCS_POLICY : DATA_POLICY);
    if (request.path.startsWith('/api/')) response.setHeader('Cache-Control', 'no-store');
    common(request, response, next);
  };
}

/** Sets the page's policy and answers the nonce that its styles carry. */
export function pageNonce(response: Response): string {
  const nonce = randomBytes(16).toString('base64');
  response.setHeader('Content-Security-Policy', pagePolicy(nonce));
  return nonce;
}
