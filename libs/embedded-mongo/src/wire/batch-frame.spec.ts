import { Long } from 'bson';
import { describe, expect, it } from 'vitest';
import { encode } from '../document.js';
import { BatchFrame } from './batch-frame.js';
import { encodeReply } from './message.js';

const ADDRESSED = { requestId: 7, legacy: false };

describe('a batch that is put together in its frame', () => {
  it.each([
    ['nothing', 0, 0],
    ['a page', 50, 300],
    ['more documents than have names at hand', 1200, 30],
    ['more than its first buffer holds', 40, 10_000],
    ['more than a buffer that is kept', 3, 600_000],
  ])('is what an encoded answer is: %s', (_, count, size) => {
    const ns = 'база.größe';
    const documents = Array.from({ length: count }, (__, n) => ({ _id: n, text: 'x'.repeat(size) }));
    const batch = new BatchFrame(ns);
    for (const document of documents) batch.append(encode(document));
    const cursor = { firstBatch: documents, id: Long.ZERO, ns };
    const expected = encodeReply(ADDRESSED, [encode({ cursor, ok: 1.0 })]);
    // The driver's encoder makes an int32 of 1.
    const ok = Buffer.from('\x01ok\0\0\0\0\0\0\0\xf0\x3f\0', 'latin1');
    const upToOk = expected.length - 9;
    const frame = encodeReply(ADDRESSED, batch.finish());
    expect(frame.readInt32LE(0)).toBe(frame.length);
    expect(frame.subarray(4, 21).equals(expected.subarray(4, 21))).toBe(true);
    expect(frame.subarray(25, upToOk).equals(expected.subarray(25, upToOk))).toBe(true);
    expect(frame.subarray(upToOk).equals(ok)).toBe(true);
    expect(frame.readInt32LE(21)).toBe(frame.length - 21);
  });
});
