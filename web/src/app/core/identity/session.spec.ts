import 'fake-indexeddb/auto';
import { HttpClient, provideHttpClient, withInterceptors } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting, type TestRequest } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import type { SessionGrant } from '@parlance/contracts';
import { firstValueFrom } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ada } from '../../messages/testing/fixtures';
import { codeOf, type ProblemError } from '../problem/problem';
import { LocalDatabase } from '../storage/local-database';
import { LocalTexts } from '../storage/local-texts';
import { allRecords } from '../storage/testing/all-records';
import { accessTokenInterceptor } from './access-token.interceptor';
import { Session } from './session';
import { SessionHints } from './session-hints';

const grant = (accessToken: string, change: Partial<SessionGrant> = {}): SessionGrant => ({
  accessToken,
  expiresAt: new Date(Date.now() + 600_000).toISOString(),
  user: ada,
  ...change,
});
const ended = { type: 'urn:parlance:problem:session-ended', title: 'This session has ended.', status: 401 };

describe('Session', () => {
  let session: Session;
  let http: HttpTestingController;

  /** The next request to this path, as soon as it is there. */
  const next = (path: string): Promise<TestRequest> => vi.waitFor(() => http.expectOne(path));
  const signIn = async (answer = grant('first')) => {
    const done = session.login({ identifier: 'ada', password: 'quiet harbour 72' });
    (await next('/api/auth/login')).flush(answer);
    await done;
  };

  const kept = async () => (await TestBed.inject(LocalDatabase).open()).get('profile', 'user');

  beforeEach(() => {
    localStorage.clear();
    TestBed.configureTestingModule({
      providers: [provideHttpClient(withInterceptors([accessTokenInterceptor])), provideHttpClientTesting()],
    });
    session = TestBed.inject(Session);
    http = TestBed.inject(HttpTestingController);
  });
  afterEach(async () => {
    http.verify();
    await TestBed.inject(LocalDatabase).wipe();
  });

  it('does not ask the server when nobody was ever signed in here', async () => {
    await session.restore();
    expect(session.state()).toBe('signed-out');
  });

  it('takes up the session that this browser has', async () => {
    localStorage.setItem('parlance.user', 'ada');
    const done = session.restore();
    (await next('/api/auth/refresh')).flush(grant('fresh'));
    await done;
    expect(session.user()).toEqual(ada);
    expect(await session.accessToken()).toBe('fresh');
  });

  it('takes whoever was here before at their word until the server has been asked', async () => {
    await signIn();
    await vi.waitFor(async () => expect(await kept()).toEqual(ada));
    const later = TestBed.runInInjectionContext(() => new Session());
    await later.restore();
    expect(later.user()).toEqual(ada);
    expect(later.state()).toBe('signed-in');
    (await next('/api/auth/refresh')).flush(ended, { status: 401, statusText: 'Unauthorized' });
    await vi.waitFor(() => expect(later.state()).toBe('signed-out'));
    await vi.waitFor(async () => expect(await kept()).toBeUndefined());
  });

  it('is not signed out by a server that cannot be reached', async () => {
    localStorage.setItem('parlance.user', 'ada');
    const done = session.restore();
    (await next('/api/auth/refresh')).error(new ProgressEvent('error'));
    await expect(done).rejects.toSatisfy((error: ProblemError) => codeOf(error.problem) === 'unreachable');
    expect(session.state()).toBe('unknown');
  });

  it('refreshes once for all who ask at the same time, ahead of the end', async () => {
    await signIn(grant('old', { expiresAt: new Date(Date.now() + 5_000).toISOString() }));
    const tokens = Promise.all([session.accessToken(), session.accessToken(), session.accessToken()]);
    (await next('/api/auth/refresh')).flush(grant('new'));
    expect(await tokens).toEqual(['new', 'new', 'new']);
  });

  it('ends when the server says so, and leaves what was typed for the same person', async () => {
    await signIn();
    TestBed.inject(LocalTexts).set('ada', 'draft', 'c1', 'half a thought');
    const ends = vi.fn();
    session.signedOut$.subscribe(ends);
    const refreshed = session.refresh();
    (await next('/api/auth/refresh')).flush(ended, { status: 401, statusText: 'Unauthorized' });
    await expect(refreshed).rejects.toThrow();
    expect(session.state()).toBe('signed-out');
    expect(ends).toHaveBeenCalledOnce();

    await signIn();
    expect(TestBed.inject(LocalTexts).all('ada', 'draft')).toEqual([['c1', 'half a thought']]);
  });

  it('shows nobody what somebody else has typed', async () => {
    await signIn();
    TestBed.inject(LocalTexts).set('ada', 'draft', 'c1', 'private');
    session.endedByServer();
    await signIn(grant('other', { user: { ...ada, id: 'ben' } }));
    expect(TestBed.inject(LocalTexts).all('ada', 'draft')).toEqual([]);
  });

  it('forgets everything at sign-out, also when the server cannot be reached', async () => {
    await signIn();
    TestBed.inject(LocalTexts).set('ada', 'draft', 'c1', 'private');
    const done = session.logout();
    (await next('/api/auth/logout')).error(new ProgressEvent('error'));
    await done;
    expect(session.state()).toBe('signed-out');
    expect(localStorage).toHaveLength(0);
  });

  it('leaves nothing at sign-out, although the server tells of the end before it has answered', async () => {
    await signIn();
    await vi.waitFor(async () => expect(await kept()).toEqual(ada));
    const done = session.logout();
    const request = await next('/api/auth/logout');
    session.endedByServer();
    expect(session.state()).toBe('signed-in');
    request.flush(null);
    await done;
    expect(session.state()).toBe('signed-out');
    session.updateUser(ada);
    expect(await allRecords(TestBed.inject(LocalDatabase))).toEqual([]);

    await signIn();
    await vi.waitFor(async () => expect(await kept()).toEqual(ada));
  });

  it('finishes at the next start what somebody has begun who closed the page over it', async () => {
    await signIn();
    await vi.waitFor(async () => expect(await kept()).toEqual(ada));
    TestBed.inject(LocalTexts).set('ada', 'draft', 'c1', 'private');
    void session.logout();
    // Nobody ever answers this page.
    await next('/api/auth/logout');
    const later = TestBed.runInInjectionContext(() => new Session());
    const done = later.restore();
    (await next('/api/auth/logout')).flush(null);
    await done;
    expect(later.state()).toBe('signed-out');
    expect(await allRecords(TestBed.inject(LocalDatabase))).toEqual([]);
    expect(localStorage).toHaveLength(0);
  });

  describe('beside another tab', () => {
    /** What another tab does while this one has asked for a token. */
    const signsOut = () => localStorage.clear();
    const comes = (userId: string) => localStorage.setItem('parlance.user', userId);

    it('takes no token of a session that was signed out meanwhile', async () => {
      await signIn();
      const refreshed = session.refresh();
      const request = await next('/api/auth/refresh');
      signsOut();
      request.flush(grant('late'));
      await expect(refreshed).rejects.toMatchObject({ problem: { status: 401 } });
      expect(session.state()).toBe('signed-out');
      expect(localStorage).toHaveLength(0);
    });

    it('asks again when somebody else has signed in meanwhile, and ends nothing of theirs', async () => {
      await signIn();
      const told = vi.fn();
      TestBed.runInInjectionContext(() => new SessionHints()).otherTab$.subscribe(told);
      const refreshed = session.refresh();
      const request = await next('/api/auth/refresh');
      comes('ben');
      request.flush(ended, { status: 401, statusText: 'Unauthorized' });
      (await next('/api/auth/refresh')).flush(grant('ben’s', { user: { ...ada, id: 'ben' } }));
      expect(await refreshed).toBe('ben’s');
      expect(session.user()?.id).toBe('ben');
      expect(told).not.toHaveBeenCalled();
    });

    it('ends nothing of whoever is here by now when it hears of its own end', async () => {
      await signIn();
      await vi.waitFor(async () => expect(await kept()).toEqual(ada));
      comes('ben');
      await TestBed.inject(LocalDatabase).wipe('ben');
      await TestBed.inject(LocalDatabase).put('ben', 'profile', () => ({ ...ada, id: 'ben' }), 'user');
      session.endedByServer();
      expect(session.state()).toBe('signed-out');
      expect(await kept()).toMatchObject({ id: 'ben' });
    });

    it('forgets what it has stored before it heard that somebody has signed out', async () => {
      await signIn();
      TestBed.inject(LocalTexts).set('ada', 'draft', 'c1', 'private');
      TestBed.runInInjectionContext(() => new SessionHints()).tellSignedOut('ada');
      await vi.waitFor(() => expect(session.state()).toBe('signed-out'));
      TestBed.inject(LocalTexts).set('ada', 'draft', 'c1', 'private');
      expect(localStorage).toHaveLength(0);
    });
  });

  describe('and its token', () => {
    const get = (path: string) => firstValueFrom(TestBed.inject(HttpClient).get(path));

    it('goes to our own API and nowhere else', async () => {
      await signIn();
      const [own, foreign] = [get('/api/users'), get('https://elsewhere.example/api/users')];
      const request = await next('/api/users');
      expect(request.request.headers.get('Authorization')).toBe('Bearer first');
      request.flush({});
      const other = await next('https://elsewhere.example/api/users');
      expect(other.request.headers.has('Authorization')).toBe(false);
      other.flush({});
      await Promise.all([own, foreign]);
    });

    it('is replaced once when it is refused', async () => {
      await signIn();
      const answer = get('/api/users');
      (await next('/api/users')).flush({}, { status: 401, statusText: 'Unauthorized' });
      (await next('/api/auth/refresh')).flush(grant('second'));
      const again = await next('/api/users');
      expect(again.request.headers.get('Authorization')).toBe('Bearer second');
      again.flush({}, { status: 401, statusText: 'Unauthorized' });
      await expect(answer).rejects.toMatchObject({ status: 401 });
    });
  });
});
