import { Binary, UUID } from 'bson';

/** A way to write bytes as a text; both directions give undefined for what it cannot write or read. */
export interface BinaryFormat {
  write(bytes: Binary): string | undefined;
  /** Reads a text for binary data of a subtype. */
  read(text: string, subtype: number): Uint8Array | undefined;
}

const isUuid = (subtype: number): boolean => subtype === Binary.SUBTYPE_UUID;

/**
 * A format of any bytes, which are no UUID when they are read: those have a text of their own.
 * @param fits whether a text is one, without a pattern that counts groups, which would run out of stack over a long one
 */
const plain = (
  encoding: BufferEncoding,
  fits: (text: string) => boolean,
  change = (text: string): string => text,
): BinaryFormat => ({
  write: (bytes) => change(Buffer.from(bytes.value()).toString(encoding)),
  read: (text, subtype) => (!isUuid(subtype) && fits(text) ? Buffer.from(text, encoding) : undefined),
});

const base64 = plain('base64', (text) => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text));

const uuid: BinaryFormat = {
  write: (bytes) => (isUuid(bytes.sub_type) && bytes.position === 16 ? new UUID(bytes.value()).toString() : undefined),
  read: (text, subtype) =>
    isUuid(subtype) && UUID.isValid(text) && text.length === 36 ? new UUID(text).id : undefined,
};

/** The formats of binary data in `$convert`, by name. */
export const BINARY_FORMATS: Readonly<Record<string, BinaryFormat>> = {
  auto: { write: (bytes) => (isUuid(bytes.sub_type) ? uuid : base64).write(bytes), read: () => undefined },
  base64,
  base64url: plain('base64url', (text) => {
    const rest = text.length % 4;
    return /^[\w-]*={0,2}$/.test(text) && (text.endsWith('=') ? rest === 0 : rest !== 1);
  }),
  hex: plain(
    'hex',
    (text) => text.length % 2 === 0 && /^[0-9a-f]*$/i.test(text),
    (text) => text.toUpperCase(),
  ),
  utf8: {
    ...plain('utf8', () => true),
    write: (bytes) => {
      try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.value());
      } catch {
        return undefined;
      }
    },
  },
  uuid,
};
