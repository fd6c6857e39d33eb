import { crc32 } from 'node:zlib';

/** Up to this length a value stands on one page, which says itself whether it is damaged. */
const ONE_PAGE = 4000;
const CHECKSUM_BYTES = 4;

/**
 * A document as it is stored: one of more than a page is followed by its checksum, since LMDB's further pages of a value
 * have no header by which a page that was overwritten could be told.
 */
export function seal(document: Buffer): Buffer {
  if (document.length <= ONE_PAGE) return document;
  const checksum = Buffer.allocUnsafe(CHECKSUM_BYTES);
  checksum.writeUInt32LE(crc32(document));
  return Buffer.concat([document, checksum]);
}

/** The document of a stored value; its beginning tells its length. */
export function unseal(value: Buffer): Buffer {
  return value.length <= ONE_PAGE ? value : value.subarray(0, value.readInt32LE(0));
}

/** Whether a stored value of more than a page is as it was written; files of format 1 have none with a checksum. */
export function isIntact(value: Buffer): boolean {
  const length = value.readInt32LE(0);
  if (value.length === length) return true;
  return value.length === length + CHECKSUM_BYTES && value.readUInt32LE(length) === crc32(value.subarray(0, length));
}
