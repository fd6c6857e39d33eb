import { decode, encode, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { crc32c } from './crc32c.js';

/** Largest message in bytes, as MongoDB has it. */
export const MAX_MESSAGE_BYTES = 48_000_000;
/** Bytes before the body of every message: length, request id, response to, opcode. */
export const HEADER_BYTES = 16;

const OP = { reply: 1, query: 2004, message: 2013 } as const;
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

/** A message that cannot be understood; nothing after it on its connection can be trusted. */
export class ProtocolError extends Error {}

/**
 * Reads one whole message.
 * @throws ProtocolError when its form is wrong, MongoError 22 when only its BSON is
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
  if (!namespace.endsWith('.$cmd')) throw new ProtocolError('OP_QUERY is supported for commands only');
  const body = frame.subarray(at, at + sizeAt(frame, at, frame.length));
  return toRequest(requestId, body, new Map(), false, namespace.slice(0, -'.$cmd'.length));
}

function toRequest(
  requestId: number,
  body: Buffer,
  sequences: ReadonlyMap<string, readonly Buffer[]>,
  unacknowledged: boolean,
  legacyDb: string | undefined,
): Request {
  const args = readBson(body);
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

/** An answer: a document, or one that is encoded already. */
export type Reply = Doc | Uint8Array;

/** Encodes an answer to a request. */
export function encodeReply(request: { requestId: number; legacy: boolean }, reply: Reply): Buffer {
  const body = reply instanceof Uint8Array ? reply : encode(reply);
  const preamble = request.legacy ? 20 : 5;
  const frame = Buffer.alloc(HEADER_BYTES + preamble + body.length);
  frame.writeInt32LE(frame.length, 0);
  frame.writeInt32LE(0, 4);
  frame.writeInt32LE(request.requestId, 8);
  frame.writeInt32LE(request.legacy ? OP.reply : OP.message, 12);
  // OP_REPLY: flags, cursor id, starting from, number returned. OP_MSG: flags, then a section of kind 0.
  if (request.legacy) frame.writeInt32LE(1, 32);
  frame.set(body, HEADER_BYTES + preamble);
  return frame;
}

/** Encodes the answer of a command that opens or continues a cursor without decoding its documents. */
export function cursorReply(
  field: 'firstBatch' | 'nextBatch',
  cursor: { id: bigint; ns: string },
  documents: readonly Uint8Array[],
): Buffer {
  const bodies: Uint8Array[] = [];
  documents.forEach((document, i) => bodies.push(Buffer.from(`\x03${i}\0`, 'latin1'), document));
  const batch = wrap(bodies);
  const ns = Buffer.from(cursor.ns, 'utf8');
  const head = Buffer.alloc(4 + 8 + 4 + 4);
  head.write('\x12id\0', 0, 'latin1');
  head.writeBigInt64LE(cursor.id, 4);
  head.write('\x02ns\0', 12, 'latin1');
  head.writeInt32LE(ns.length + 1, 16);
  const inner = wrap([Buffer.from(`\x04${field}\0`, 'latin1'), batch, head, ns, Buffer.alloc(1)]);
  const ok = Buffer.from('\x01ok\0\0\0\0\0\0\0\xf0\x3f', 'latin1');
  return wrap([Buffer.from('\x03cursor\0', 'latin1'), inner, ok]);
}

function wrap(parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 5);
  const buffer = Buffer.allocUnsafe(length);
  buffer.writeInt32LE(length, 0);
  let at = 4;
  for (const part of parts) {
    buffer.set(part, at);
    at += part.length;
  }
  buffer[at] = 0;
  return buffer;
}
