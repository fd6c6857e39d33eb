import { Binary, UUID } from 'bson';

/** A way to write bytes as a text; both directions give undefined for what it cannot write or read. */
export interface BinaryFormat {
  write(bytes: Binary): string | undefined;
  /** Reads a text for binary data of a subtype. */
  read(text: string, subtype: number): Uint8Array | undefined;
}

const isUuid = (subtype: number): boolean => subtype === Binary.SUBTYPE_UUID;

/** A format of any bytes, which are no UUID when they are read: those have a text of their own. */
const plain = (pattern: RegExp, encoding: BufferEncoding, change = (text: string): string => text): BinaryFormat => ({
  write: (bytes) => change(Buffer.from(bytes.value()).toString(encoding)),
  read: (text, subtype) => (!isUuid(subtype) && pattern.test(text) ? Buffer.from(text, encoding) : undefined),
});

const base64 = plain(/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, 'base64');

const uuid: BinaryFormat = {
  write: (bytes) => (isUuid(bytes.sub_type) && bytes.position === 16 ? new UUID(bytes.value()).toString() : undefined),
  read: (text, subtype) =>
    isUuid(subtype) && UUID.isValid(text) && text.length === 36 ? new UUID(text).id : undefined,
};

/** The formats of binary data in `$convert`, by name. */
export const BINARY_FORMATS: Readonly<Record<string, BinaryFormat>> = {
  auto: { write: (bytes) => (isUuid(bytes.sub_type) ? uuid : base64).write(bytes), read: () => undefined },
  base64,
  base64url: plain(/^([\w-]{4})*([\w-]{2}(==)?|[\w-]{3}=?)?$/, 'base64url'),
  hex: plain(/^([0-9a-f]{2})*$/i, 'hex', (text) => text.toUpperCase()),
  utf8: {
    ...plain(/^/, 'utf8'),
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
