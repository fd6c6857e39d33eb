import { inject } from '@angular/core';
import { type CanActivateFn, type CanMatchFn, Router, type UrlTree } from '@angular/router';
import { Session } from './session';

/** Where somebody who is not signed in goes instead, to come back afterwards; true for everybody else. */
function orSignIn(url: string): boolean | UrlTree {
  if (inject(Session).state() === 'signed-in') return true;
  const next = url === '/' || url === '/chats' ? {} : { queryParams: { next: url } };
  return inject(Router).createUrlTree(['/sign-in'], next);
}

/** Only for whoever is signed in. */
export const signedIn: CanActivateFn = (_route, { url }) => orSignIn(url);

/** The same, before anything of the route is even loaded. */
export const signedInToLoad: CanMatchFn = (_route, segments) =>
  orSignIn(`/${segments.map(({ path }) => path).join('/')}`);

/** Only for whoever is not signed in: the others have chats to go to. */
export const signedOut: CanActivateFn = () =>
  inject(Session).state() !== 'signed-in' || inject(Router).createUrlTree(['/chats']);

/** Where to go after signing in: a path of ours, never another origin. */
export function safeNext(next: string | null | undefined): string {
  return next && /^\/(?![/\\])/.test(next) ? next : '/chats';
}
