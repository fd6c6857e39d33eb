import { HttpErrorResponse, type HttpInterceptorFn } from '@angular/common/http';
import { inject } from '@angular/core';
import { catchError, from, switchMap, throwError } from 'rxjs';
import { Session } from './session';

/** Routes that carry a cookie or nothing; they must not wait for a token. */
const WITHOUT_TOKEN = /^\/api\/auth\/(register|login|refresh|logout|policy)$/;

/** Adds the access token to requests to our own API, and tries once more with a new one when it is refused. */
export const accessTokenInterceptor: HttpInterceptorFn = (request, next) => {
  const path = request.url.split('?')[0] ?? '';
  if (!path.startsWith('/api/') || WITHOUT_TOKEN.test(path)) return next(request);

  const session = inject(Session);
  const send = (token: string) => next(request.clone({ setHeaders: { Authorization: `Bearer ${token}` } }));
  return from(session.accessToken()).pipe(
    switchMap((token) =>
      send(token).pipe(
        catchError((error: unknown) =>
          error instanceof HttpErrorResponse && error.status === 401
            ? from(session.refresh()).pipe(switchMap(send))
            : throwError(() => error),
        ),
      ),
    ),
  );
};
