import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { MAX_DOCUMENT_BYTES } from '../document.js';
import { EmbeddedMongoError } from '../errors.js';

const READ_BYTES = 1024 * 1024;

/**
 * The documents of a `.bson` file, one after the other.
 * @param bytes how much of the file is meant, from its beginning; all of it when left out
 * @throws EmbeddedMongoError when what is meant ends within a document, or is not BSON
 */
export async function* readDocuments(path: string, bytes = Infinity): AsyncGenerator<Buffer> {
  if (bytes === 0) return;
  if (!existsSync(path)) throw new EmbeddedMongoError(`${path} is missing.`);
  const file = await open(path);
  try {
    let rest = Buffer.alloc(0);
    const stream = file.createReadStream({ highWaterMark: READ_BYTES, end: bytes - 1 });
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      rest = Buffer.concat([rest, chunk]);
      let at = 0;
      while (rest.length - at >= 4) {
        const length = rest.readInt32LE(at);
        if (length < 5 || length > MAX_DOCUMENT_BYTES)
          throw new EmbeddedMongoError(`${path} is damaged: it is no BSON.`);
        if (rest.length - at < length) break;
        yield rest.subarray(at, at + length);
        at += length;
      }
      rest = rest.subarray(at);
    }
    if (rest.length > 0) throw new EmbeddedMongoError(`${path} is damaged: it ends within a document.`);
  } finally {
    await file.close();
  }
}
