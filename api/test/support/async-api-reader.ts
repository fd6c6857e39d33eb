import { createRequire } from 'node:module';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

/** What is read of an AsyncAPI document here. */
interface Reference {
  $ref: string;
}
interface Message {
  name?: string;
  payload?: object;
}
interface Operation {
  action: 'send' | 'receive';
  channel: Reference;
  messages: Reference[];
  reply?: { channel: Reference; messages: Reference[] };
  'x-problems'?: string[];
}
interface Document {
  servers: Record<string, unknown>;
  channels: Record<string, { messages: Record<string, Message> }>;
  operations: Record<string, Operation>;
  components: { schemas: Record<string, Schema> };
}
interface Schema {
  type?: string;
  properties?: Record<string, unknown>;
  required?: string[];
  additionalProperties?: unknown;
}

/** The project's own schema of documents of this version. */
const SCHEMA = '@asyncapi/specs/schemas/3.0.0-without-$id.json';

function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = '$ref' in value && typeof value.$ref === 'string' ? [value.$ref] : [];
  return [...own, ...Object.values(value).flatMap(referencesIn)];
}

/** What a pointer in a URI fragment leads to; undefined for nowhere. */
function follow(document: unknown, pointer: string): unknown {
  const steps = pointer.replace(/^#\//, '').split('/');
  const names = steps.map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'));
  return names.reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], document);
}

/** A copy in which no object may hold what its schema does not name: so that nothing can be sent beside the document. */
function closed<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(closed) as T;
  const copy = Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, closed(inner as unknown)]),
  ) as Schema;
  if (copy.type === 'object' && copy.properties) copy.additionalProperties ??= false;
  return copy as T;
}

export class AsyncApi {
  private readonly ajv = addFormats.default(new Ajv({ strict: false, allErrors: true }));
  private readonly validators = new Map<string, ValidateFunction>();

  constructor(readonly document: Document) {
    this.ajv.addSchema(closed(document), 'document');
  }

  /** What is wrong with it as an AsyncAPI document. */
  schemaErrors(): unknown[] {
    const schema = createRequire(import.meta.url)(SCHEMA) as object;
    const validate = addFormats.default(new Ajv({ strict: false, logger: false })).compile(schema);
    return validate(this.document) ? [] : (validate.errors ?? []);
  }

  danglingReferences(): string[] {
    return referencesIn(this.document).filter((pointer) => follow(this.document, pointer) === undefined);
  }

  /** Messages that no operation of their channel sends, receives or answers with. */
  unlinkedMessages(): string[] {
    const used = new Set(
      Object.values(this.document.operations).flatMap(({ messages, reply }) =>
        [...messages, ...(reply?.messages ?? [])].map(({ $ref }) => follow(this.document, $ref)),
      ),
    );
    return Object.values(this.document.channels).flatMap(({ messages }) =>
      Object.entries(messages).flatMap(([key, message]) => (used.has(message) ? [] : [key])),
    );
  }

  /** Names of the events that the server receives or sends, once a socket is admitted. */
  eventsOf(action: Operation['action']): string[] {
    return Object.values(this.document.operations)
      .filter((operation) => operation.action === action && operation.channel.$ref === '#/channels/events')
      .map(({ messages }) => (follow(this.document, messages[0]?.$ref ?? '') as Message).name ?? '');
  }

  problemsOf(event: string): string[] {
    return this.document.operations[`${event}.request`]?.['x-problems'] ?? [];
  }

  /** What is wrong with a payload, by the schema of its message. */
  errorsOf(channel: string, message: string, payload: unknown): unknown[] {
    const pointer = ['channels', channel, 'messages', message, 'payload'].map((part) => encodeURIComponent(part));
    const key = `document#/${pointer.join('/')}`;
    const validate = this.validators.get(key) ?? this.ajv.compile({ $ref: key });
    this.validators.set(key, validate);
    return validate(payload) ? [] : (validate.errors ?? []);
  }

  fieldsOf(event: string): { properties: string[]; required: string[] } {
    const { payload } = this.document.channels['events']?.messages[`${event}.request`] ?? {};
    const schema = follow(this.document, (payload as Reference).$ref) as Schema;
    return { properties: Object.keys(schema.properties ?? {}), required: schema.required ?? [] };
  }
}

export const readAsyncApi = (document: unknown) => new AsyncApi(document as Document);
