import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplication, Type } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Env } from '../../config/env.js';
import { addressOf } from '../../http/allowed-origins.js';
import { ProblemDto } from '../../errors/index.js';
import { SocketHandshakeDto } from '../dto/handshake.dto.js';
import { RealtimeModule } from '../realtime.module.js';
import type { JsonSchema } from './described.js';
import { asyncApiDocument } from './document.js';
import { SocketSurface } from './socket-surface.js';

/** AsyncAPI 3 of the socket, as JSON at `/api/docs/asyncapi.json`; open to everybody, as OpenAPI is. */
export function serveAsyncApi(app: INestApplication): void {
  let document: object | undefined;
  app.getHttpAdapter().get('/api/docs/asyncapi.json', (_: Request, response: Response) => {
    response.json((document ??= describe(app)));
  });
}

function describe(app: INestApplication): object {
  const { publicOrigin, host } = app.get(Env);
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  const surface = app.get(SocketSurface);
  const requests = surface.requests();
  const facts = surface.facts();
  const payloads = requests.flatMap(({ payload }) => payload ?? []);
  const answers = requests.flatMap(({ description }) => description?.data ?? []);
  const told = facts.map(({ payload }) => payload).filter((payload) => typeof payload === 'function');
  const schemas = schemasOf(app, [...payloads, ...answers, ...told, ProblemDto, SocketHandshakeDto] as Type[]);
  for (const { name } of payloads) schemas[name] = closed(schemas[name] ?? {});
  return asyncApiDocument({ origin: publicOrigin ?? addressOf(host, port), requests, facts, schemas });
}

/** Schemas of these classes and of what they hold, made as those of OpenAPI are. */
function schemasOf(app: INestApplication, classes: readonly Type[]): Record<string, JsonSchema> {
  const config = new DocumentBuilder().setOpenAPIVersion('3.1.0').build();
  // This module has no routes: what is left are the classes.
  const options = { include: [RealtimeModule], extraModels: [...classes] };
  const { schemas = {} } = SwaggerModule.createDocument(app, config, options).components ?? {};
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, withExamples(schema as JsonSchema)]),
  );
}

/** Unknown fields of a request are refused. Of a class without a described field nothing is known. */
function closed(schema: JsonSchema): JsonSchema {
  const { properties = {} } = schema as { properties?: object };
  return Object.keys(properties).length > 0 ? { ...schema, additionalProperties: false } : {};
}

/** OpenAPI's `example` as JSON Schema spells it. */
function withExamples(schema: JsonSchema): JsonSchema {
  const { properties = {} } = schema as { properties?: Record<string, JsonSchema> };
  const spelled = Object.entries(properties).map(([name, { example, ...rest }]) => [
    name,
    example === undefined ? rest : { ...rest, examples: [example] },
  ]);
  return { ...schema, properties: Object.fromEntries(spelled) as Record<string, JsonSchema> };
}
