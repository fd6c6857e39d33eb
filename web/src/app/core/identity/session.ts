import { HttpClient, HttpErrorResponse } from '@angular/common/http';
import { inject, Injectable, signal } from '@angular/core';
import type { LoginRequest, OwnUser, RegisterRequest, SessionGrant, User } from '@parlance/contracts';
import { firstValueFrom, Subject, timeout } from 'rxjs';
import { ProblemError, sessionEnded, toProblem } from '../problem/problem';
import { LocalDatabase } from '../storage/local-database';
import { LocalTexts } from '../storage/local-texts';
import { SessionHints } from './session-hints';

/** A token is replaced this long before it ends, so that no request travels with one that is about to. */
const REFRESH_AHEAD_MS = 60_000;
const REQUEST_TIMEOUT_MS = 15_000;
const REFRESH_LOCK = 'parlance.refresh';

export type SessionState = 'unknown' | 'signed-in' | 'signed-out';

/**
 * Who is signed in on this browser. The access token lives in memory alone; the refresh token is a cookie that
 * scripts cannot see. All tabs share one session: what one of them does to it, the others follow.
 */
@Injectable({ providedIn: 'root' })
export class Session {
  private readonly http = inject(HttpClient);
  private readonly database = inject(LocalDatabase);
  private readonly hints = inject(SessionHints);
  private readonly texts = inject(LocalTexts);

  private readonly currentUser = signal<OwnUser | null>(null);
  private readonly currentState = signal<SessionState>('unknown');
  private readonly ended = new Subject<void>();
  private grant: { accessToken: string; expiresAt: number } | undefined;
  private refreshing: Promise<string> | undefined;
  /** Somebody is signing out here: that the server calls the session over is no news then. */
  private leaving = false;

  readonly user = this.currentUser.asReadonly();
  readonly state = this.currentState.asReadonly();
  /** Whatever ended it: stores forget what they hold. */
  readonly signedOut$ = this.ended.asObservable();

  constructor() {
    this.hints.otherTab$.subscribe(({ said, userId }) => {
      // Nobody has typed that in another tab: this one may have stored it since, not knowing yet.
      if (said === 'signed-out') this.texts.wipe(userId);
      // Who is here by now may be somebody else.
      const present = this.user()?.id ?? userId;
      if (said !== 'signed-in' && present === userId && this.state() !== 'signed-out') this.forget();
    });
  }

  /**
   * Takes up the session that this browser has, if it has one. Whoever was here before is taken at their word until the
   * server has been asked, so that what this device keeps is on the screen at once. For somebody who is not kept it fails
   * with a `ProblemError` when the server cannot be asked; the state stays `unknown` then, and it can be tried again.
   */
  async restore(): Promise<void> {
    // Somebody has signed out, and the page was closed over it.
    if (this.database.isToBeLeft && this.hints.userId !== null) return this.logout();
    if (this.hints.userId === null) return this.currentState.set('signed-out');
    const kept = await this.keptUser();
    if (kept) {
      this.currentUser.set(kept);
      this.currentState.set('signed-in');
      // Whoever needs a token asks again.
      this.refresh().catch(() => undefined);
      return;
    }
    try {
      await this.refresh();
    } catch (error) {
      if (this.state() !== 'signed-out') throw error;
    }
  }

  register(request: RegisterRequest): Promise<void> {
    return this.enter('/api/auth/register', request);
  }

  login(request: LoginRequest): Promise<void> {
    return this.enter('/api/auth/login', request);
  }

  /** Ends the session here and on the server. If the server cannot be reached, this browser forgets all the same. */
  async logout(): Promise<void> {
    const userId = this.user()?.id ?? this.hints.userId;
    this.leaving = true;
    this.database.announceWipe();
    await this.post('/api/auth/logout', {}).catch(() => undefined);
    if (userId !== null) this.hints.tellSignedOut(userId);
    await this.database.wipe().catch(() => undefined);
    this.leaving = false;
    this.forget();
  }

  /** A token that is good for at least a few more seconds. Fails with a `ProblemError`. */
  async accessToken(): Promise<string> {
    if (this.grant && this.grant.expiresAt - Date.now() > REFRESH_AHEAD_MS) return this.grant.accessToken;
    return this.refresh();
  }

  /** A new token, whatever the present one says. Calls at the same time share one request, in all tabs one at a time. */
  refresh(): Promise<string> {
    this.refreshing ??= this.locked(() => this.requestRefresh()).finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  /** Takes over what has changed in the own profile. */
  updateUser(user: OwnUser | User): void {
    this.currentUser.update((present) => (present?.id === user.id ? { ...present, ...user } : present));
    const present = this.currentUser();
    if (present) this.keep(present);
  }

  /** The server says that the session is over. Unsent texts stay, for when the same person is back. */
  endedByServer(): void {
    if (this.leaving || this.state() === 'signed-out') return;
    const present = this.hints.userId;
    // Where nobody is here any more, or somebody else, another tab has seen to the rest.
    if (present !== null && present === (this.user()?.id ?? present)) {
      this.hints.tellEnded(present);
      this.database.forgetWhatWasSeen().catch(() => undefined);
    }
    this.forget();
  }

  private async enter(path: string, request: LoginRequest | RegisterRequest): Promise<void> {
    const grant = (await this.post(path, request)) as SessionGrant;
    await this.accept(grant);
    this.hints.tellSignedIn(grant.user.id);
  }

  private async requestRefresh(): Promise<string> {
    const whose = this.hints.userId;
    const isStillTheirs = () => this.hints.userId === whose;
    try {
      const grant = (await this.post('/api/auth/refresh', {})) as SessionGrant;
      if (isStillTheirs()) {
        await this.accept(grant);
        return grant.accessToken;
      }
    } catch (error) {
      if (isStillTheirs()) {
        if (error instanceof ProblemError && error.problem.status === 401) this.endedByServer();
        throw error;
      }
    }
    // Another tab has signed out meanwhile, or somebody in: that answer was about a session that is no more.
    if (this.hints.userId !== null) return this.requestRefresh();
    if (this.state() !== 'signed-out') this.forget();
    throw new ProblemError(sessionEnded());
  }

  private async accept({ accessToken, expiresAt, user }: SessionGrant): Promise<void> {
    const isNew = this.hints.userId !== user.id;
    this.hints.remember(user.id);
    if (isNew) await this.database.wipe(user.id).catch(() => undefined);
    else this.database.claim(user.id).catch(() => undefined);
    this.grant = { accessToken, expiresAt: Date.parse(expiresAt) };
    this.currentUser.set(user);
    this.currentState.set('signed-in');
    this.keep(user);
  }

  /** Who was here before; absent where the browser keeps nothing for us. */
  private async keptUser(): Promise<OwnUser | undefined> {
    try {
      const user = await this.database.read('profile', (profile) => profile.get('user'));
      return user?.id === this.hints.userId ? user : undefined;
    } catch {
      return undefined;
    }
  }

  private keep(user: OwnUser): void {
    this.database.put(user.id, 'profile', () => user, 'user').catch(() => undefined);
  }

  private forget(): void {
    this.grant = undefined;
    this.currentUser.set(null);
    this.currentState.set('signed-out');
    this.ended.next();
  }

  private async post(path: string, body: object): Promise<unknown> {
    try {
      return await firstValueFrom(this.http.post(path, body).pipe(timeout(REQUEST_TIMEOUT_MS)), {
        defaultValue: undefined,
      });
    } catch (error) {
      throw new ProblemError(toProblem(error instanceof HttpErrorResponse ? error : error));
    }
  }

  /** The cookie is rotated at each use: two tabs that used the same one at once would look like a theft. */
  private locked<T>(work: () => Promise<T>): Promise<T> {
    return 'locks' in navigator ? (navigator.locks.request(REFRESH_LOCK, work) as Promise<T>) : work();
  }
}
