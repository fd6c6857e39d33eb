import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccessTokens } from '../src/core/identity/index.js';
import { type Answer, startTestApp, type TestApp } from './support/index.js';
import { ProbeModule } from './support/probe.js';

const PROBLEM_JSON = 'application/problem+json; charset=utf-8';
const clientIsBuilt = existsSync(new URL('../../web/dist/web/browser/index.html', import.meta.url));

const expectProblem = (answer: Answer, status: number, code: string) => {
  expect(answer.headers.get('content-type')).toBe(PROBLEM_JSON);
  expect(answer.body).toMatchObject({ status, type: `urn:parlance:problem:${code}` });
  expect(answer.status).toBe(status);
};

describe('the HTTP edge', () => {
  let app: TestApp;
  let bearer: (role?: 'admin' | 'member') => Promise<Record<string, string>>;

  beforeAll(async () => {
    app = await startTestApp({}, ProbeModule);
    app.app.useLogger(false);
    bearer = async (role = 'member') => {
      const { accessToken } = await app.app.get(AccessTokens).issue({ userId: 'u1', sessionId: 's1', role });
      return { authorization: `Bearer ${accessToken}` };
    };
  });
  afterAll(() => app.close());

  const post = (body: string | Buffer, headers: Record<string, string> = {}) =>
    app.http('POST', '/api/probe/echo', { body, headers: { 'content-type': 'application/json', ...headers } });

  it('serves what is right', async () => {
    const answer = await app.http('POST', '/api/probe/echo', { json: { text: 'hello' } });
    expect([answer.status, answer.body]).toEqual([201, { text: 'hello' }]);
  });

  describe('answers as a problem', () => {
    it('JSON that is broken, without repeating it', async () => {
      const answer = await post('{"text": "hunter2');
      expectProblem(answer, 400, 'malformed-request');
      expect(JSON.stringify(answer.body)).not.toContain('hunter2');
    });

    it('a body that is too large', async () => {
      expectProblem(await post(JSON.stringify({ text: 'x'.repeat(40_000) })), 413, 'payload-too-large');
    });

    it('a body that nests too deep', async () => {
      const deep = `{"text":"a","extra":${'['.repeat(8)}${']'.repeat(8)}}`;
      expectProblem(await post(deep), 400, 'validation-failed');
      expectProblem(await post(`{"extra":${'['.repeat(10_000)}${']'.repeat(10_000)}}`), 400, 'validation-failed');
    });

    it('a body in an encoding that nobody reads', async () => {
      expectProblem(await post('x', { 'content-encoding': 'unknown' }), 415, 'unsupported-media-type');
      expectProblem(
        await post('{}', { 'content-type': 'application/json; charset=x-none' }),
        415,
        'unsupported-media-type',
      );
    });

    it.each(['null', '[]', '"text"', '7', ''])('the body %p where an object is meant', async (body) => {
      const answer = await post(body);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([400, PROBLEM_JSON]);
    });

    it('fields that break rules, each by its path', async () => {
      const answer = await app.http('POST', '/api/probe/echo', { json: { text: { $gt: '' }, role: 'admin' } });
      expectProblem(answer, 400, 'validation-failed');
      expect((answer.body as { errors: { path: string }[] }).errors.map(({ path }) => path).sort()).toEqual([
        'role',
        'text',
      ]);
    });

    it.each([
      ['GET', '/api'],
      ['GET', '/api/nothing'],
      ['DELETE', '/api/probe/echo'],
      ['POST', '/nothing'],
      ['GET', '/metrics/nothing'],
      ['GET', '/chunk-ABCDEFGH.js'],
      ['GET', '/API/probe/break'],
    ])('%s %s, which is not there', async (method, path) => {
      expectProblem(await app.http(method, path), 404, 'not-found');
    });

    it.each(['/api/probe/%E0%A4%A', '/%E0%A4%A', '/api/..%2f..%2fetc/passwd', '/..%2f..%2fpackage.json'])(
      'the path %s',
      async (path) => {
        const answer = await app.http('GET', path, { headers: { accept: 'application/json' } });
        expect(answer.headers.get('content-type')).toBe(PROBLEM_JSON);
        expect([400, 403, 404]).toContain(answer.status);
      },
    );

    it('a fault of ours, with nothing but the id of the request', async () => {
      const answer = await app.http('GET', '/api/probe/break');
      expectProblem(answer, 500, 'internal');
      expect(answer.body).toMatchObject({ traceId: answer.headers.get('x-request-id') });
      expect(JSON.stringify(answer.body)).not.toContain('secret');
    });
  });

  describe('access', () => {
    it.each<[string, Record<string, string>]>([
      ['nothing', {}],
      ['an empty header', { authorization: '' }],
      ['a scheme alone', { authorization: 'Bearer' }],
      ['another scheme', { authorization: 'Basic dXNlcjpwYXNz' }],
      ['a made-up token', { authorization: 'Bearer made.up.token' }],
    ])('is refused with %s to show', async (_, headers) => {
      const answer = await app.http('GET', '/api/probe/whoami', { headers });
      expectProblem(answer, 401, 'unauthenticated');
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    });

    it('is granted to the holder of a token', async () => {
      const answer = await app.http('GET', '/api/probe/whoami', { headers: await bearer() });
      expect(answer.body).toEqual({ userId: 'u1' });
    });

    it('goes no further than the role', async () => {
      expectProblem(await app.http('GET', '/api/probe/admin', { headers: await bearer() }), 403, 'forbidden');
      expect((await app.http('GET', '/api/probe/admin', { headers: await bearer('admin') })).status).toBe(200);
    });
  });

  describe('headers', () => {
    it('keep answers of the API out of caches, frames and other sites', async () => {
      const { headers } = await app.http('GET', '/api/probe/whoami', { headers: await bearer() });
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('permissions-policy')).toContain('camera=()');
    });

    it('tell nothing of what is inside', async () => {
      for (const path of ['/api/nothing', '/api/probe/break', '/nothing.js']) {
        const { headers } = await app.http('GET', path);
        expect(headers.get('x-powered-by')).toBeNull();
        expect(headers.get('server')).toBeNull();
      }
    });

    it('give no other origin leave to read', async () => {
      const { headers } = await app.http('OPTIONS', '/api/probe/whoami', {
        headers: { origin: 'http://evil.example', 'access-control-request-method': 'GET' },
      });
      expect(headers.get('access-control-allow-origin')).toBeNull();
    });

    it('have an id for every request, of our own making', async () => {
      const ids = await Promise.all(
        [1, 2].map(async () => {
          const answer = await app.http('GET', '/api/nothing', { headers: { 'x-request-id': 'forged' } });
          return answer.headers.get('x-request-id');
        }),
      );
      expect(new Set(ids).size).toBe(2);
      expect(ids).not.toContain('forged');
    });
  });

  (clientIsBuilt ? describe : describe.skip)('the client', () => {
    const page = (path: string, accept = 'text/html') => app.http<string>('GET', path, { headers: { accept } });

    it.each(['/', '/index.html', '/people', '/chats/64b0c0ffee0000000000000a', '/people/first.last'])(
      'has its page at %s, for this visit alone',
      async (path) => {
        const [one, other] = [await page(path), await page(path)];
        expect(one.status).toBe(200);
        expect(one.headers.get('cache-control')).toBe('no-cache');
        expect(one.body).not.toContain('__CSP_NONCE__');
        const nonceOf = ({ headers }: Answer) =>
          /'nonce-([^']+)'/.exec(headers.get('content-security-policy') ?? '')?.[1];
        expect(nonceOf(one)).toMatch(/^[\w+/=]{20,}$/);
        expect(nonceOf(one)).not.toBe(nonceOf(other));
        expect(one.body.toLowerCase()).toContain(`<app-root ngcspnonce="${nonceOf(one)?.toLowerCase()}"`);
      },
    );

    it('runs no script but its own files, and may not be framed', async () => {
      const policy = (await page('/')).headers.get('content-security-policy') ?? '';
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("require-trusted-types-for 'script'");
      expect(policy).not.toMatch(/unsafe-(inline|eval)/);
      expect((await page('/')).body).not.toMatch(/<script(?![^>]*\bsrc=)/);
    });

    it('has files that may be kept for ever, and no source maps', async () => {
      const [, script] = /<script[^>]*src="\/?(main-[^"]+)"/.exec((await page('/')).body) ?? [];
      const answer = await app.http<string>('GET', `/${script}`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(answer.body).not.toContain('sourceMappingURL');
      expect((await app.http('GET', `/${script}.map`)).status).toBe(404);
    });
  });
});

/** A request whose target is written as it is, where `fetch` would tidy it up. */
function rawGet(url: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    request({ hostname, port, path, headers: { accept: 'application/json' } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

describe('the limit of requests', () => {
  it('refuses who asks too often, tells how long to wait, and does not count probes and pictures', async () => {
    const app = await startTestApp({ HTTP_REQUESTS_PER_10_SECONDS: '5' }, ProbeModule);
    for (let times = 0; times < 5; times += 1) await app.http('GET', '/api/probe/whoami');
    const refused = await app.http('GET', '/api/probe/whoami');
    expectProblem(refused, 429, 'too-many-requests');
    const wait = Number(refused.headers.get('retry-after'));
    expect(wait).toBeGreaterThanOrEqual(1);
    expect(wait).toBeLessThanOrEqual(10);
    expect((await app.http('GET', '/api/health/live')).status).toBe(404);
    expect((await app.http('GET', '/api/avatars/none')).status).toBe(404);
    await app.close();
  });

  it('cannot be slipped past by another spelling of the path or another claim of who asks', async () => {
    const app = await startTestApp({ HTTP_REQUESTS_PER_10_SECONDS: '1' }, ProbeModule);
    await app.http('GET', '/api/probe/whoami');
    const served = [401, 201, 200];
    for (const path of [
      '//api/probe/whoami',
      '/API/probe/whoami',
      '/api//probe/whoami',
      '/%61pi/probe/whoami',
      '/./api/probe/whoami',
    ]) {
      expect(served).not.toContain(await rawGet(app.url, path));
    }
    const answer = await app.http('GET', '/api/probe/whoami', { headers: { 'x-forwarded-for': '203.0.113.9' } });
    expect(answer.status).toBe(429);
    await app.close();
  });
});
