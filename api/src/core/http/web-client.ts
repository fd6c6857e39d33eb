import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NestExpressApplication } from '@nestjs/platform-express';
import compression from 'compression';
import type { NextFunction, Request, Response } from 'express';
import { DomainError, NotFound, toProblem } from '../errors/index.js';
import { sendProblem } from './problem.filter.js';
import { pageNonce } from './security-headers.js';

/** Where `ng build` leaves the client, seen from `api/src/core/http` and from `api/dist/core/http` alike. */
const FOLDER = fileURLToPath(new URL('../../../../web/dist/web/browser', import.meta.url));
const INDEX = join(FOLDER, 'index.html');
const NONCE_PLACEHOLDER = /__CSP_NONCE__/g;
/** Answered further on, misses included. */
const API_PATHS = /^\/api(\/|$)/;
/** What is not the client's, however it is written: a miss there is a 404, not a page. */
const SERVER_PATHS = /^\/(api|socket\.io|metrics)(\/|$)/i;
/** Files whose name holds a hash of their content, as Angular's builder names them: `main-ABCD1234.js`. */
const HASHED = /-[A-Z0-9]{8}\.[a-z0-9]+$/;

/** Whether a request is for the page: what a browser navigates to, or any path that does not look like a file's. */
function wantsPage(request: Request): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  if (request.headers.accept?.includes('text/html')) return true;
  return Boolean(request.accepts('html')) && !request.path.slice(request.path.lastIndexOf('/')).includes('.');
}

/** Serves the built client: its files, and its page for every path that the client's router knows. */
export function serveWebClient(app: NestExpressApplication): void {
  let page: string | undefined;
  const sendPage = (response: Response): void => {
    if (!page && !existsSync(INDEX)) {
      response.status(503).type('text/plain').send('The client has not been built yet. Run "npm run build".');
      return;
    }
    page ??= readFileSync(INDEX, 'utf8');
    const nonce = pageNonce(response);
    response.setHeader('Cache-Control', 'no-cache');
    response.type('html').send(page.replace(NONCE_PLACEHOLDER, nonce));
  };

  // Only what is the same for everybody: beside a secret, the length of a compressed answer would tell of it.
  const compress = compression();
  app.use((request: Request, response: Response, next: NextFunction) => {
    if (SERVER_PATHS.test(request.path)) next();
    else compress(request, response, next);
  });
  // As a file, the page would go out without its nonce.
  app.use('/index.html', (_request: Request, response: Response) => sendPage(response));
  app.useStaticAssets(FOLDER, {
    index: false,
    // A folder is not a page; without this, a path of the API that climbs upwards would be answered with a redirect.
    redirect: false,
    setHeaders: (response: Response, path: string) =>
      response.setHeader('Cache-Control', HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache'),
  });
  app.use((request: Request, response: Response, next: NextFunction) => {
    if (API_PATHS.test(request.path)) next();
    else if (!SERVER_PATHS.test(request.path) && wantsPage(request)) sendPage(response);
    else sendProblem(response, toProblem(new DomainError(NotFound)));
  });
}
