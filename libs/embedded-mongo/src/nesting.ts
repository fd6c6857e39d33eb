import { MongoError } from './errors.js';

/** Most levels of documents and arrays within each other that are stored, as MongoDB has it; its manual promises 100. */
const STORED_LEVELS = 180;
/** The same of a command, which has what it stores within it. */
const COMMAND_LEVELS = 201;

/** Fewest bytes that a level adds: its length, a type, an empty name and two ends. */
const LEVEL_BYTES = 7;
const DOCUMENT = 0x03;
const ARRAY = 0x04;
const REGEX = 0x0b;

/** Bytes of values by their type; of what tells its own length, those that it does not count. */
const FIXED: Readonly<Record<number, number>> = { 1: 8, 7: 12, 8: 1, 9: 8, 0x10: 4, 0x11: 8, 0x12: 8, 0x13: 16 };
const COUNTED: Readonly<Record<number, number>> = { 2: 4, 3: 0, 4: 0, 5: 5, 0x0c: 16, 0x0d: 4, 0x0e: 4, 0x0f: 0 };

/** @throws MongoError 15 for a document with too many levels to be stored */
export function checkStoredLevels(raw: Buffer): void {
  if (isDeeper(raw, 0, STORED_LEVELS)) throw tooDeep();
}

/** @throws MongoError 15 where a path has led through more levels than are stored, so that they need not be made */
export function checkPathLevels(levels: number): void {
  if (levels > STORED_LEVELS) throw tooDeep();
}

function tooDeep(): MongoError {
  return new MongoError(15, `Document exceeds maximum nesting depth of ${STORED_LEVELS}`);
}

/** @throws MongoError 15 for a command, or one of its operations, with more levels than are followed */
export function checkCommandLevels(raw: Buffer): void {
  if (isDeeper(raw, 0, COMMAND_LEVELS)) throw new MongoError(15, 'BSONObj exceeds maximum nested object depth');
}

/** Whether a document has more levels than allowed, of which an empty one is none. It must be valid. */
function isDeeper(raw: Buffer, at: number, levels: number): boolean {
  // Little is long enough to be so deep, and only that is looked into.
  if (raw.readInt32LE(at) < LEVEL_BYTES * (levels + 1)) return false;
  if (levels === 0) return true;
  const end = at + raw.readInt32LE(at) - 1;
  for (let next = at + 4; next < end;) {
    const type = raw[next] ?? 0;
    const value = behindName(raw, next + 1);
    if ((type === DOCUMENT || type === ARRAY) && isDeeper(raw, value, levels - 1)) return true;
    next = value + sizeOf(raw, type, value);
  }
  return false;
}

function behindName(raw: Buffer, at: number): number {
  let end = at;
  while (raw[end] !== 0) end++;
  return end + 1;
}

function sizeOf(raw: Buffer, type: number, at: number): number {
  if (type === REGEX) return behindName(raw, behindName(raw, at)) - at;
  const uncounted = COUNTED[type];
  return uncounted === undefined ? (FIXED[type] ?? 0) : uncounted + raw.readInt32LE(at);
}
