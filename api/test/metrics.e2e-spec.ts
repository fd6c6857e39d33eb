import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, conversationOf, registerPerson, startTestApp, type TestApp } from './support/index.js';

const TOKEN = 'a sample token that is long enough for this';
const SECRETS = {
  ACCESS_TOKEN_SECRET: 'sample-secret-of-the-test-suite-number-1',
  PASSWORD_PEPPER: 'sample-secret-of-the-test-suite-number-2',
  COOKIE_SECRET: 'sample-secret-of-the-test-suite-number-3',
};

/** The value of one line of the text, by its name and labels. */
function valueOf(text: string, line: string): number {
  const found = text.split('\n').find((candidate) => candidate.startsWith(`${line} `));
  return Number(found?.slice(line.length + 1) ?? Number.NaN);
}

/** The metrics that a query reads, without what Prometheus appends to those of a histogram. */
function namesIn(expression: string): string[] {
  const names = expression.match(/\b(?:parlance|nodejs|process)_\w+/g) ?? [];
  return names.map((name) => name.replace(/_(?:bucket|sum|count)$/, ''));
}

async function metricsOf(app: TestApp, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${app.url}/metrics`, { headers });
}

describe('/metrics', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());

  it('counts what is asked over sockets, what is written, and what went wrong', async () => {
    const [ada, ben] = await Promise.all([registerPerson(app), registerPerson(app)]);
    const { id: conversationId } = await conversationOf(ada, ben);
    const socket = await connect(app, ada);
    const message = { conversationId, clientId: randomUUID(), body: 'a secret word' };
    await socket.request('message:send', message);
    await socket.request('message:send', message);
    await socket.request('message:send', { ...message, clientId: 'none' });
    await ada.api('GET', `/api/conversations/${conversationId}/changes?after=0`);
    await ada.api('GET', `/api/conversations/${conversationId}/changes?after=99`);

    const answer = await metricsOf(app);
    const text = await answer.text();
    socket.close();

    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const requests = (outcome: string): number =>
      valueOf(text, `parlance_socket_request_seconds_count{event="message:send",outcome="${outcome}"}`);
    expect([requests('ok'), requests('validation-failed')]).toEqual([2, 1]);
    expect(valueOf(text, 'parlance_messages_written_total{outcome="new"}')).toBe(1);
    expect(valueOf(text, 'parlance_messages_written_total{outcome="repeated"}')).toBe(1);
    expect(valueOf(text, 'parlance_message_write_seconds_count')).toBeGreaterThanOrEqual(1);
    expect(valueOf(text, 'parlance_message_batch_size_sum')).toBeGreaterThanOrEqual(1);
    expect(valueOf(text, 'parlance_messages_waiting')).toBe(0);
    expect(valueOf(text, 'parlance_sockets')).toBe(1);
    expect(valueOf(text, 'parlance_catch_ups_total{answer="changes"}')).toBe(1);
    expect(valueOf(text, 'parlance_catch_ups_total{answer="reset"}')).toBe(1);
    expect(valueOf(text, 'nodejs_eventloop_lag_p99_seconds')).toBeGreaterThanOrEqual(0);
    // No id, no name and no text ever becomes a label.
    for (const secret of [ada.user.id, ada.user.username, conversationId, message.clientId, message.body])
      expect(text).not.toContain(secret);
  });

  it('counts every command to the store, of which a message that nobody contends for needs one', async () => {
    const [ada, ben] = await Promise.all([registerPerson(app), registerPerson(app)]);
    const { id: conversationId } = await conversationOf(ada, ben);
    const socket = await connect(app, ada);
    const send = () => socket.request('message:send', { conversationId, clientId: randomUUID(), body: 'hello' });
    const commands = async () => valueOf(await (await metricsOf(app)).text(), 'parlance_store_request_seconds_count');
    await send();
    // Writes the summary that would be written within the next second.
    await ada.api('GET', '/api/conversations');

    const before = await commands();
    await send();
    expect((await commands()) - before).toBe(1);
    socket.close();
  });

  it('has everything that the dashboard in deploy/ asks for', async () => {
    const file = new URL('../../deploy/grafana-dashboard.json', import.meta.url);
    const { panels } = JSON.parse(readFileSync(file, 'utf8')) as { panels: { targets: { expr: string }[] }[] };
    const asked = panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => namesIn(expr)));
    const text = await (await metricsOf(app)).text();
    const known = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
    expect(panels.length).toBeGreaterThan(10);
    expect(asked.filter((name) => !known.has(name))).toEqual([]);
  });

  it('makes one label of all events that have no handler', async () => {
    const ada = await registerPerson(app);
    const socket = await connect(app, ada);
    await socket.request('made:up' as never, {} as never);
    socket.close();
    const text = await (await metricsOf(app)).text();
    expect(valueOf(text, 'parlance_socket_request_seconds_count{event="unknown",outcome="unknown-event"}')).toBe(1);
    expect(text).not.toContain('made:up');
  });

  it('is read only, and has nothing below it', async () => {
    expect((await fetch(`${app.url}/metrics`, { method: 'POST' })).status).toBe(404);
    expect((await fetch(`${app.url}/metrics/else`)).status).toBe(404);
  });
});

describe('/metrics, closed', () => {
  let app: TestApp;
  afterEach(() => app.close());

  it('is answered with the token only, when there is one', async () => {
    app = await startTestApp({ METRICS_TOKEN: TOKEN });
    expect((await metricsOf(app)).status).toBe(401);
    expect((await metricsOf(app, { authorization: `Bearer ${TOKEN}x` })).status).toBe(401);
    expect((await metricsOf(app, { authorization: `Bearer ${TOKEN}` })).status).toBe(200);
  });

  it('is not there in production without a token, but on its own port', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    free.close();
    await once(free, 'close');
    app = await startTestApp({ NODE_ENV: 'production', ...SECRETS, BCRYPT_COST: '12', METRICS_PORT: String(port) });
    expect((await metricsOf(app)).status).toBe(404);
    const own = await fetch(`http://127.0.0.1:${port}/metrics`);
    expect(own.status).toBe(200);
    expect(await own.text()).toContain('parlance_sockets 0');
    expect((await fetch(`http://127.0.0.1:${port}/api/health/live`)).status).toBe(404);
  });
});
