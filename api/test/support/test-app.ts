import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Type } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createApp, listen } from '../../src/app.setup.js';

/** Cheap hashes, and limits that a suite cannot run into by accident; the checks themselves stay in the path. */
const TEST_SETTINGS: Readonly<Record<string, string>> = {
  NODE_ENV: 'test',
  HOST: '127.0.0.1',
  PORT: '0',
  BCRYPT_COST: '4',
  LOG_LEVEL: 'error',
  HTTP_REQUESTS_PER_10_SECONDS: '100000',
  SIGN_IN_FAILURES: '1000',
  SOCKET_EVENTS_PER_SECOND: '10000',
  SOCKET_EVENTS_BURST: '10000',
  SOCKET_SENDS_PER_SECOND: '10000',
  SOCKET_SENDS_BURST: '10000',
  SOCKETS_PER_USER: '100',
  SOCKETS_PER_ADDRESS: '1000',
};

/** Answer of a request, its body read as JSON when it is JSON. */
export interface Answer<T = unknown> {
  status: number;
  headers: Headers;
  body: T;
}

/** What a request may carry beside its method and path. */
export interface RequestOptions {
  json?: unknown;
  body?: RequestInit['body'];
  headers?: Record<string, string>;
}

/** The real application on a port of its own, with a data folder of its own. */
export interface TestApp {
  url: string;
  app: NestExpressApplication;
  dataDir: string;
  http<T = unknown>(method: string, path: string, options?: RequestOptions): Promise<Answer<T>>;
  /** Stops it and removes its data, unless `keepData` is set so that it can be started on them again. */
  close(options?: { keepData?: boolean }): Promise<void>;
}

/** Boots the application, or only what `root` imports; settings given here win over those of the suites. */
export async function startTestApp(settings: Record<string, string> = {}, root?: Type): Promise<TestApp> {
  const dataDir = settings['DATA_DIR'] ?? mkdtempSync(join(tmpdir(), 'parlance-test-'));
  const uri = process.env['TEST_MONGODB_URI'];
  const before = { ...process.env };
  Object.assign(process.env, TEST_SETTINGS, { DATA_DIR: dataDir }, uri && { MONGODB_URI: uri }, settings);
  let app: NestExpressApplication;
  try {
    app = await createApp(root);
  } catch (error) {
    if (!settings['DATA_DIR']) rmSync(dataDir, { recursive: true, force: true });
    throw error;
  } finally {
    process.env = before;
  }
  const close = async ({ keepData = false } = {}): Promise<void> => {
    await app.close();
    if (!keepData) rmSync(dataDir, { recursive: true, force: true });
  };
  const url = await listen(app).catch(async (error: unknown) => {
    await close();
    throw error;
  });

  return {
    url,
    app,
    dataDir,
    async http<T>(method: string, path: string, { json, body, headers }: RequestOptions = {}) {
      const response = await fetch(url + path, {
        method,
        headers: { ...(json !== undefined && { 'content-type': 'application/json' }), ...headers },
        body: json !== undefined ? JSON.stringify(json) : (body ?? null),
        redirect: 'manual',
      });
      const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
      const content: unknown = isJson ? await response.json() : await response.text();
      return { status: response.status, headers: response.headers, body: content as T };
    },
    close,
  };
}
