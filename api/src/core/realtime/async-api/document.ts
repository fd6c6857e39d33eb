import type { Type } from '@nestjs/common';
import { PROTOCOL_VERSION } from '@parlance/contracts';
import {
  Forbidden,
  Internal,
  Overloaded,
  ProblemDto,
  type ProblemType,
  TooManyRequests,
  Unauthenticated,
  UpgradeRequired,
  ValidationFailed,
} from '../../errors/index.js';
import { SocketHandshakeDto } from '../dto/handshake.dto.js';
import type { Described, JsonSchema } from './described.js';
import type { SocketFact, SocketRequest } from './socket-surface.js';

/** Problems that every request may end in, and every handshake. */
const OF_REQUESTS = [ValidationFailed, Unauthenticated, Forbidden, TooManyRequests, Internal, Overloaded];
const OF_HANDSHAKES = [Unauthenticated, UpgradeRequired, TooManyRequests, Internal];

/** What the document is made of. */
export interface DocumentParts {
  /** Where the server is reached, without a path. */
  readonly origin: string;
  readonly requests: readonly SocketRequest[];
  readonly facts: readonly SocketFact[];
  /** Schemas by the name of their class; those of the payloads of requests are closed. */
  readonly schemas: Readonly<Record<string, JsonSchema>>;
}

/** A reference inside the document, as a JSON pointer in a URI fragment. */
const ref = (...path: string[]) => ({
  $ref: `#/${path
    .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')).replaceAll('%3A', ':'))
    .join('/')}`,
});
const schemaOf = (type: Type) => ref('components', 'schemas', type.name);
const payloadSchema = (payload: Type | JsonSchema) => (typeof payload === 'function' ? schemaOf(payload) : payload);
const dataSchema = (data: Described) =>
  typeof data === 'function' ? schemaOf(data) : { type: 'array', items: schemaOf(data[0]) };

const inChannel = (channel: string, message: string) => ref('channels', channel, 'messages', message);
const codesOf = (problems: readonly ProblemType[]) => problems.map(({ code }) => code);
/** A name may be used both ways: `typing` is a request and a fact. */
const keyOf = (event: string, role: 'request' | 'ack' | 'fact') => `${event}.${role}`;

/** `{ ok: true, data }`; without `data` where the handler answers nothing, open where it does not say. */
function ackSchema({ description }: SocketRequest): JsonSchema {
  const ok = { const: true };
  if (!description) return { type: 'object', required: ['ok'], properties: { ok, data: {} } };
  if (!description.data) return { type: 'object', required: ['ok'], properties: { ok }, additionalProperties: false };
  return {
    type: 'object',
    required: ['ok', 'data'],
    properties: { ok, data: dataSchema(description.data) },
    additionalProperties: false,
  };
}

function requestMessages(request: SocketRequest): [string, object][] {
  const { event, payload, description } = request;
  return [
    [
      keyOf(event, 'request'),
      { name: event, ...(description && { summary: description.summary }), payload: payload ? schemaOf(payload) : {} },
    ],
    [keyOf(event, 'ack'), { name: event, title: `Ack of ${event}`, payload: ackSchema(request) }],
  ];
}

const factMessage = ({ event, summary, payload }: SocketFact): [string, object] => [
  keyOf(event, 'fact'),
  { name: event, summary, payload: payloadSchema(payload) },
];

const receiving = ({ event, description }: SocketRequest): [string, object] => [
  keyOf(event, 'request'),
  {
    action: 'receive',
    channel: ref('channels', 'events'),
    ...(description && { summary: description.summary }),
    messages: [inChannel('events', keyOf(event, 'request'))],
    reply: {
      channel: ref('channels', 'events'),
      messages: [inChannel('events', keyOf(event, 'ack')), inChannel('events', 'refusal')],
    },
    'x-problems': codesOf([...new Set([...(description?.problems ?? []), ...OF_REQUESTS])]),
  },
];

const sending = ({ event, summary }: SocketFact): [string, object] => [
  keyOf(event, 'fact'),
  {
    action: 'send',
    channel: ref('channels', 'events'),
    summary,
    messages: [inChannel('events', keyOf(event, 'fact'))],
  },
];

const refusal = {
  name: 'refusal',
  title: 'Ack of a request that failed',
  payload: {
    type: 'object',
    required: ['ok', 'problem'],
    properties: { ok: { const: false }, problem: schemaOf(ProblemDto) },
    additionalProperties: false,
  },
};

/** The socket half of the wire contract as an AsyncAPI 3 document, seen from the server. */
export function asyncApiDocument({ origin, requests, facts, schemas }: DocumentParts): object {
  const { host, protocol } = new URL(origin);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Parlance',
      version: String(PROTOCOL_VERSION),
      description:
        'Socket half of the wire contract: Socket.IO v4 over WebSocket. An event travels as `[name, payload]`, its ' +
        'answer in the acknowledgement of that packet. Errors are RFC 9457 problems, `x-problems` has the codes of an operation; unknown fields are refused.',
    },
    defaultContentType: 'application/json',
    servers: {
      socket: {
        host,
        pathname: '/socket.io',
        protocol: protocol === 'https:' ? 'wss' : 'ws',
        description: 'Default namespace, WebSocket transport; a browser must come from the same origin.',
        security: [ref('components', 'securitySchemes', 'accessToken')],
      },
    },
    channels: {
      handshake: {
        address: '/',
        title: 'Handshake',
        description: 'The packets that open the default namespace.',
        bindings: { ws: webSocketUpgrade },
        messages: {
          connect: { name: 'connect', summary: '`auth` of the CONNECT packet.', payload: schemaOf(SocketHandshakeDto) },
          connect_error: {
            name: 'connect_error',
            summary: 'The socket is refused; `data` of the error has the problem.',
            payload: { type: 'object', required: ['data'], properties: { data: schemaOf(ProblemDto) } },
          },
        },
      },
      events: {
        address: '/',
        title: 'Events',
        description: 'The default namespace, once a socket is admitted.',
        messages: Object.fromEntries([
          ...requests.flatMap(requestMessages),
          ['refusal', refusal],
          ...facts.map(factMessage),
        ]),
      },
    },
    operations: {
      connect: {
        action: 'receive',
        channel: ref('channels', 'handshake'),
        summary: 'Admits a socket, or refuses it.',
        messages: [inChannel('handshake', 'connect')],
        reply: { channel: ref('channels', 'handshake'), messages: [inChannel('handshake', 'connect_error')] },
        'x-problems': codesOf(OF_HANDSHAKES),
      },
      ...Object.fromEntries([...requests.map(receiving), ...facts.map(sending)]),
    },
    components: { schemas, securitySchemes: { accessToken } },
  };
}

const webSocketUpgrade = {
  method: 'GET',
  query: {
    type: 'object',
    required: ['EIO', 'transport'],
    properties: { EIO: { const: '4' }, transport: { const: 'websocket' } },
  },
};

const accessToken = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  description:
    'The access token of the HTTP half. It travels as `token` in `auth` of the CONNECT packet, in no header.',
};
