import { inject } from '@angular/core';
import { type CanActivateFn, Router } from '@angular/router';
import { Session } from './session';

/** Only for whoever is signed in; everybody else signs in first and comes back. */
export const signedIn: CanActivateFn = (_route, { url }) =>
  inject(Session).state() === 'signed-in' ||
  inject(Router).createUrlTree(['/sign-in'], url === '/' || url === '/chats' ? {} : { queryParams: { next: url } });

/** Only for whoever is not signed in: the others have chats to go to. */
export const signedOut: CanActivateFn = () =>
  inject(Session).state() !== 'signed-in' || inject(Router).createUrlTree(['/chats']);

/** Where to go after signing in: a path of ours, never another origin. */
export function safeNext(next: string | null | undefined): string {
  return next && /^\/(?![/\\])/.test(next) ? next : '/chats';
}
