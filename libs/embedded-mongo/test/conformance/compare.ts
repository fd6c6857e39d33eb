import mongoose from 'mongoose';

const { EJSON } = mongoose.mongo.BSON;

/** A value with its BSON type, as text: int32 1, double 1 and long 1 read differently. */
export function show(value: unknown): string {
  return EJSON.stringify({ value }, { relaxed: false }).slice('{"value":'.length, -1);
}

/**
 * Where two values differ, one line a field, with BSON types and the order of fields; nothing when they are the same.
 * @param path where the values stand, for the lines
 */
export function differences(expected: unknown, actual: unknown, path: string): string[] {
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const length = Math.max(expected.length, actual.length);
    return Array.from({ length }, (_, i) => differences(expected[i], actual[i], `${path}[${i}]`)).flat();
  }
  if (isPlain(expected) && isPlain(actual)) {
    const names = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
    const lines = names.flatMap((name) => differences(expected[name], actual[name], `${path}.${name}`));
    const [wanted, got] = [Object.keys(expected).join(', '), Object.keys(actual).join(', ')];
    return lines.length > 0 || wanted === got ? lines : [`${path}: fields in the order ${wanted}, not ${got}`];
  }
  if (expected === undefined) return actual === undefined ? [] : [`${path}: not expected, got ${show(actual)}`];
  if (actual === undefined) return [`${path}: expected ${show(expected)}, is missing`];
  return show(expected) === show(actual) ? [] : [`${path}: expected ${show(expected)}, got ${show(actual)}`];
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
