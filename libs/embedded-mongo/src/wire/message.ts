import { Double } from 'bson';
import { decode, encode, type Doc } from '../document.js';
import { MongoError, toMongoError } from '../errors.js';
import { checkCommandLevels } from '../nesting.js';
import { Frame, headOf, PREAMBLE_BYTES } from './batch-frame.js';
import { crc32c } from './crc32c.js';

/** Largest message in bytes, as MongoDB has it. */
export const MAX_MESSAGE_BYTES = 48_000_000;
/** Bytes before the body of every message: length, request id, response to, opcode. */
export const HEADER_BYTES = 16;
/** Bytes before the document of an OP_REPLY. */
const LEGACY_PREAMBLE_BYTES = HEADER_BYTES + 20;

const OP = { reply: 1, query: 2004, message: 2013 } as const;
/** What still comes as OP_QUERY: handshakes. */
const LEGACY_COMMANDS = new Set([
  'hello',
  'isMaster',
  'ismaster',
  'buildInfo',
  'buildinfo',
  'saslStart',
  'saslContinue',
]);
const FLAG = { checksum: 1, moreToCome: 2, knownRequired: 3 } as const;

/** A command as it came over the wire. */
export interface Request {
  readonly requestId: number;
  readonly name: string;
  readonly db: string;
  readonly args: Doc;
  /** The command's own bytes, for what must keep its BSON types. */
  readonly body: Buffer;
  /** Document sequences by the field that they stand for. */
  readonly sequences: ReadonlyMap<string, readonly Buffer[]>;
  /** The sender wants no answer. */
  readonly unacknowledged: boolean;
  /** Came as OP_QUERY, which is answered with OP_REPLY. */
  readonly legacy: boolean;
}

/** Whether a frame is answered with OP_REPLY. */
export const isLegacy = (frame: Buffer): boolean => frame.readInt32LE(12) === OP.query;

/** A message that cannot be understood; nothing after it on its connection can be trusted. */
export class ProtocolError extends Error {}

/**
 * Reads one whole message.
 * @throws ProtocolError when its form is wrong, MongoError 22 when only its BSON is, 352 or 5739101 for what only old
 *   drivers send
 */
export function parseMessage(frame: Buffer): Request {
  const opcode = frame.readInt32LE(12);
  const requestId = frame.readInt32LE(4);
  if (opcode === OP.message) return parseOpMsg(frame, requestId);
  if (opcode === OP.query) return parseOpQuery(frame, requestId);
  throw new ProtocolError(`opcode ${opcode} is not supported`);
}

function parseOpMsg(frame: Buffer, requestId: number): Request {
  if (frame.length < HEADER_BYTES + 5) throw new ProtocolError('a message is too short');
  const flags = frame.readUInt32LE(16);
  if ((flags & 0xffff & ~FLAG.knownRequired) !== 0) throw new ProtocolError('a message has unknown required flags');
  const end = frame.length - (flags & FLAG.checksum ? 4 : 0);
  if (flags & FLAG.checksum && (end < 20 || crc32c(frame.subarray(0, end)) !== frame.readUInt32LE(end))) {
    throw new ProtocolError('the checksum of a message is wrong');
  }
  let body: Buffer | undefined;
  const sequences = new Map<string, Buffer[]>();
  let at = 20;
  while (at < end) {
    const kind = frame[at++];
    const length = sizeAt(frame, at, end);
    const section = frame.subarray(at, at + length);
    if (kind === 0 && !body) body = section;
    else if (kind === 1) readSequence(section, sequences);
    else throw new ProtocolError('a message has an unknown or repeated section');
    at += length;
  }
  if (!body) throw new ProtocolError('a message has no body');
  return toRequest(requestId, body, sequences, (flags & FLAG.moreToCome) !== 0, undefined);
}

function readSequence(section: Buffer, sequences: Map<string, Buffer[]>): void {
  const nameEnd = section.indexOf(0, 4);
  if (nameEnd === -1) throw new ProtocolError('a document sequence has no name');
  const documents: Buffer[] = [];
  let at = nameEnd + 1;
  while (at < section.length) {
    const length = sizeAt(section, at, section.length);
    documents.push(section.subarray(at, at + length));
    at += length;
  }
  sequences.set(section.toString('utf8', 4, nameEnd), documents);
}

function sizeAt(buffer: Buffer, at: number, end: number): number {
  const length = at + 5 <= end ? buffer.readInt32LE(at) : -1;
  if (length < 5 || at + length > end) throw new ProtocolError('a length in a message is wrong');
  return length;
}

function parseOpQuery(frame: Buffer, requestId: number): Request {
  const nameEnd = frame.indexOf(0, 20);
  const at = nameEnd + 9;
  if (nameEnd === -1 || at + 5 > frame.length) throw new ProtocolError('a query is too short');
  const namespace = frame.toString('utf8', 20, nameEnd);
  const body = frame.subarray(at, at + sizeAt(frame, at, frame.length));
  if (!namespace.endsWith('.$cmd')) throw tooOld(5739101, 'OP_QUERY is no longer supported');
  const request = toRequest(requestId, body, new Map(), false, namespace.slice(0, -'.$cmd'.length));
  if (!LEGACY_COMMANDS.has(request.name)) throw tooOld(352, `Unsupported OP_QUERY command: ${request.name}`);
  return request;
}

/** MongoDB's refusal of what drivers sent before OP_MSG. */
function tooOld(code: number, what: string): MongoError {
  return new MongoError(
    code,
    `${what}. The client driver may require an upgrade. For more details see https://dochub.mongodb.org/core/legacy-opcode-removal`,
  );
}

function toRequest(
  requestId: number,
  body: Buffer,
  sequences: ReadonlyMap<string, readonly Buffer[]>,
  unacknowledged: boolean,
  legacyDb: string | undefined,
): Request {
  const args = readBson(body);
  checkCommandLevels(body);
  const [name = ''] = Object.keys(args);
  const db = legacyDb ?? args['$db'];
  const base = { requestId, name, args, body, sequences, unacknowledged, legacy: legacyDb !== undefined };
  if (typeof db !== 'string') return { ...base, db: '' };
  return { ...base, db };
}

function readBson(body: Buffer): Doc {
  try {
    return decode(body);
  } catch {
    throw new MongoError(22, 'the command is not valid BSON');
  }
}

/** An answer: a document, the parts of one that is encoded already, or a frame that only lacks its header. */
export type Reply = Doc | readonly Uint8Array[] | Frame;

/** A command of which only the body is at hand. */
export function requestOf(body: Buffer, db: string): Request {
  return { ...toRequest(0, body, new Map(), false, db), legacy: false };
}

/** The document of an answer, in bytes of its own. */
export function encodeDocument(reply: Reply): Uint8Array<ArrayBuffer> {
  const document = new Uint8Array(encodeReply({ requestId: 0, legacy: false }, reply).subarray(PREAMBLE_BYTES));
  if (reply instanceof Frame) reply.release();
  return document;
}

/** Encodes an answer to a request. */
export function encodeReply(request: { requestId: number; legacy: boolean }, reply: Reply): Buffer {
  if (reply instanceof Frame) {
    // Of OP_QUERY the preamble is another: the document is taken out again.
    if (request.legacy) return encodeReply(request, [reply.bytes.subarray(PREAMBLE_BYTES)]);
    return withPreamble(reply.bytes, request);
  }
  const parts = isParts(reply) ? reply : [encodeDoc(reply)];
  const preamble = request.legacy ? LEGACY_PREAMBLE_BYTES : PREAMBLE_BYTES;
  const frame = Buffer.allocUnsafe(preamble + bytesOf(parts));
  let at = preamble;
  for (const part of parts) {
    frame.set(part, at);
    at += part.length;
  }
  return withPreamble(frame, request);
}

function withPreamble(frame: Buffer, { requestId, legacy }: { requestId: number; legacy: boolean }): Buffer {
  frame.fill(0, 0, legacy ? LEGACY_PREAMBLE_BYTES : PREAMBLE_BYTES);
  frame.writeInt32LE(frame.length, 0);
  frame.writeInt32LE(requestId, 8);
  frame.writeInt32LE(legacy ? OP.reply : OP.message, 12);
  // OP_REPLY: flags, cursor id, starting from, number returned. OP_MSG: flags, then a section of kind 0.
  if (legacy) frame.writeInt32LE(1, 32);
  return frame;
}

/** Characters that are told of a text which is too long to be answered. */
const TOLD_CHARACTERS = 65_536;

/**
 * Encodes a failure. One that names what is too large to be answered has the beginning of its text only, and no values.
 * @param docOf what tells it
 */
export function encodeFailure(error: unknown, docOf: (failure: MongoError) => Doc): Uint8Array<ArrayBuffer> {
  const failure = toMongoError(error);
  try {
    return new Uint8Array(encodeDoc(docOf(failure)));
  } catch {
    const short = new MongoError(failure.code, failure.message.slice(0, TOLD_CHARACTERS));
    return new Uint8Array(encodeDoc(docOf(short)));
  }
}

/** Whether a command has succeeded is a double in MongoDB. */
function encodeDoc(reply: Doc): Uint8Array {
  return encode(typeof reply['ok'] === 'number' ? { ...reply, ok: new Double(reply['ok']) } : reply);
}

function isParts(reply: Reply): reply is readonly Uint8Array[] {
  return Array.isArray(reply);
}

const bytesOf = (parts: readonly Uint8Array[]): number => parts.reduce((sum, part) => sum + part.length, 0);

const END = Buffer.alloc(1);
const NONE = Buffer.alloc(0);
const OK = Buffer.from('\x01ok\0\0\0\0\0\0\0\xf0\x3f\0', 'latin1');
/** Bytes of a document's length. */
const LENGTH_BYTES = 4;

/**
 * The answer of a command that opens or continues a cursor. Its documents are neither decoded nor copied here: they are
 * parts of the answer, which is put together once, when it is sent.
 * @param others fields of the answer besides its cursor
 */
export function cursorReply(
  field: 'firstBatch' | 'nextBatch',
  cursor: { id: bigint; ns: string },
  documents: readonly Uint8Array[],
  others?: Doc,
): Reply {
  const batch: Uint8Array[] = [];
  documents.forEach((document, i) => batch.push(headOf(i), document));
  const array = embedded(`\x04${field}\0`, [...batch, END]);
  const rest = [Buffer.from('\x12id\0', 'latin1'), int64(cursor.id), text('ns', cursor.ns), END];
  const inner = embedded('\x03cursor\0', [...array, ...rest]);
  const fields = others ? encode(others).subarray(LENGTH_BYTES, -END.length) : NONE;
  return [int32(LENGTH_BYTES + bytesOf(inner) + fields.length + OK.length), ...inner, fields, OK];
}

/** A field that holds a document: what names it, the document's length, and what is in it with its end. */
function embedded(head: string, parts: readonly Uint8Array[]): Uint8Array[] {
  return [Buffer.from(head, 'latin1'), int32(LENGTH_BYTES + bytesOf(parts)), ...parts];
}

function text(name: string, value: string): Uint8Array {
  const bytes = Buffer.from(value, 'utf8');
  return Buffer.concat([Buffer.from(`\x02${name}\0`, 'latin1'), int32(bytes.length + 1), bytes, END]);
}

function int32(value: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function int64(value: bigint): Uint8Array {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64LE(value);
  return bytes;
}
