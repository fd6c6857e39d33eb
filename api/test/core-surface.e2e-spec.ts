import { Controller, Get, Module } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SocketRequestName } from '@parlance/contracts';
import { AppModule } from '../src/app.module.js';
import { connect, type Person, registerPerson, startTestApp, type TestApp, TestSocket } from './support/index.js';

/** One operation as OpenAPI declares it. */
interface Operation {
  name: string;
  method: string;
  path: string;
  open: boolean;
  fields: string[];
  query: string[];
}

interface Schema {
  $ref?: string;
  properties?: Record<string, unknown>;
}

interface Declared {
  security?: unknown[];
  parameters?: { name: string; in: string }[];
  requestBody?: { content?: Record<string, { schema?: Schema }> };
}

interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, Declared>>;
  components: { schemas: Record<string, Schema> };
}

function operationsOf({ paths, components }: OpenApi): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security, parameters = [], requestBody }]) => {
      const schema = requestBody?.content?.['application/json']?.schema;
      const { properties = {} } = components.schemas[schema?.$ref?.split('/').at(-1) ?? ''] ?? schema ?? {};
      return {
        name: `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        path,
        open: !security?.length,
        fields: Object.keys(properties),
        query: parameters.filter((parameter) => parameter.in === 'query').map((parameter) => parameter.name),
      };
    }),
  );
}

/** What the router really serves, in OpenAPI's spelling. */
function routesOf(app: TestApp): string[] {
  const { router } = app.app.getHttpAdapter().getInstance() as {
    router: { stack: { route?: { path: string; methods: Record<string, boolean> } }[] };
  };
  return router.stack.flatMap(({ route }) =>
    route && !route.path.startsWith('/api/docs')
      ? Object.keys(route.methods).map((method) => `${method.toUpperCase()} ${route.path.replace(/:(\w+)/g, '{$1}')}`)
      : [],
  );
}

/** Anybody may call these; whatever else there is needs a token. */
const OPEN = [
  'GET /api/auth/policy',
  'GET /api/avatars/{id}',
  'GET /api/health/live',
  'GET /api/health/ready',
  'POST /api/auth/login',
  'POST /api/auth/logout',
  'POST /api/auth/refresh',
  'POST /api/auth/register',
];

/** Every request of the contract; the type keeps this list complete. */
const REQUESTS = Object.keys({
  'message:send': true,
  'message:edit': true,
  'message:delete': true,
  'conversation:read': true,
  'conversation:delivered': true,
  typing: true,
  'presence:watch': true,
  'presence:set': true,
  'auth:refresh': true,
} satisfies Record<SocketRequestName, true>);

const OPERATORS: unknown[] = [{ $ne: null }, { $gt: '' }, { $regex: '.*' }, { $where: 'true' }, [{ $ne: null }]];

describe('the surface', () => {
  let app: TestApp;
  let person: Person;
  let document: OpenApi;
  let operations: Operation[];

  beforeAll(async () => {
    app = await startTestApp({ SOCKET_TYPING_PER_SECOND: '1000' });
    person = await registerPerson(app);
    document = (await app.http<OpenApi>('GET', '/api/docs-json')).body;
    operations = operationsOf(document);
  });
  afterAll(() => app.close());

  const concrete = (path: string, id = 'a'.repeat(24)) => path.replace(/\{\w+\}/g, encodeURIComponent(id));

  describe('what the API declares', () => {
    it('is every route there is, and no other', () => {
      expect(document.openapi).toMatch(/^3\.1\./);
      expect(operations.map(({ name }) => name).sort()).toEqual(routesOf(app).sort());
    });

    it('is open to strangers only where that is meant', () => {
      expect(
        operations
          .filter(({ open }) => open)
          .map(({ name }) => name)
          .sort(),
      ).toEqual(OPEN);
    });

    it.each<[string, Record<string, string>]>([
      ['nothing', {}],
      ['a token of their own making', { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' }],
      ['a cookie alone', { cookie: 'parlance=1' }],
    ])('is closed to strangers with %s everywhere else', async (_, headers) => {
      for (const { name, method, path } of operations.filter(({ open }) => !open)) {
        const { status } = await app.http(method, concrete(path), { headers });
        expect(`${name} ${status}`).toBe(`${name} 401`);
      }
    });

    it('does not boot with a route that declares no access rule', async () => {
      @Controller('forgotten')
      class ForgottenController {
        @Get()
        leak(): string {
          return '';
        }
      }
      @Module({ imports: [AppModule], controllers: [ForgottenController] })
      class CarelessModule {}
      await expect(startTestApp({}, CarelessModule)).rejects.toThrow('ForgottenController.leak');
    });
  });

  describe('an operator in place of a text', () => {
    it('is refused in every field of every body', async () => {
      for (const { name, method, path, fields } of operations) {
        for (const field of fields) {
          for (const operator of OPERATORS) {
            const { status } = await person.api(method, concrete(path), { [field]: operator });
            expect(`${name} ${field} ${status >= 400 && status < 500}`).toBe(`${name} ${field} true`);
          }
        }
      }
      expect(operations.flatMap(({ fields }) => fields).length).toBeGreaterThan(10);
    });

    it('is refused in every query', async () => {
      for (const { name, path, query } of operations.filter(({ method }) => method === 'GET')) {
        for (const field of query) {
          for (const text of [`${field}[$ne]=x`, `${field}[]=x`, `${field}=x&${field}=y`]) {
            const { status } = await person.api('GET', `${concrete(path)}?${text}`);
            expect(`${name} ${text} ${status >= 400 && status < 500}`).toBe(`${name} ${text} true`);
          }
        }
      }
      expect(operations.flatMap(({ query }) => query).length).toBeGreaterThan(4);
    });

    it('is not there in every path', async () => {
      for (const { name, method, path } of operations.filter((operation) => operation.path.includes('{'))) {
        for (const id of ['{"$ne":null}', '[$ne]', '$where', '..', '\0']) {
          const { status } = await person.api(method, concrete(path, id));
          expect(`${name} ${id} ${[400, 404].includes(status)}`).toBe(`${name} ${id} true`);
        }
      }
    });

    it.each(REQUESTS)('is refused in %s', async (event) => {
      const device = await connect(app, person);
      for (const operator of OPERATORS) {
        for (const field of [
          'conversationId',
          'clientId',
          'body',
          'replyTo',
          'seq',
          'active',
          'userIds',
          'state',
          'token',
        ]) {
          expect(await device.send(event, { [field]: operator })).toMatchObject({
            ok: false,
            problem: { status: 400 },
          });
        }
      }
      device.close();
    });
  });

  describe('a request over the socket', () => {
    it.each(REQUESTS)('%s survives no and wrong arguments, with and without an ack', async (event) => {
      const device = await connect(app, person);
      const wrong: unknown[][] = [
        [],
        [null],
        ['text'],
        [7],
        [[]],
        [{}],
        [{}, {}],
        [{ __proto__: null }],
        [Buffer.from('x')],
      ];
      for (const args of wrong) {
        device.socket.emit(event, ...args);
        expect(await device.send(event, ...args)).toMatchObject({ ok: false, problem: { status: 400 } });
      }
      expect(device.socket.connected).toBe(true);
      device.close();
      expect((await app.http('GET', '/api/health/ready')).status).toBe(200);
    });

    it('needs a token', async () => {
      await expect(TestSocket.connect(app, { protocol: 1 })).rejects.toMatchObject({ problem: { status: 401 } });
    });
  });

  it('shows no hash and no secret in its own description', () => {
    expect(JSON.stringify(document)).not.toMatch(/passwordHash|tokenHash|pepper/i);
  });
});
