import mongoose from 'mongoose';

const { Binary, BSONRegExp, Decimal128, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } =
  mongoose.mongo.BSON;

/** A document as it is sent and answered; JavaScript's whole numbers are int32, others doubles. */
export type Doc = Record<string, unknown>;

/** What a step is answered with. Every part that is given must hold. */
export interface Expected {
  /** All documents of the cursor, in this order; with `unordered`, in any order. */
  documents?: readonly unknown[];
  /** The order of `documents` is not promised by the manual. */
  unordered?: true;
  /** In how many answers they come. */
  batches?: number;
  /** Fields of the answer, each compared whole; other fields of the answer may be anything. */
  answer?: Doc;
  /** The command fails, or a write error is reported at `index`. `mentions` must all stand in its text. */
  error?: { code: number; index?: number; mentions?: readonly string[] };
  /** Documents of collections after the step, in the order of `_id`. */
  state?: Readonly<Record<string, readonly Doc[]>>;
}

/** A command and what the manual says of its answer. */
export interface Step extends Expected {
  /** As the driver's `command` takes it; `$db` is added. Cursors are read to their end. */
  command: Doc;
  /** It is sent to the database `admin`, and not to that of the case. */
  admin?: true;
}

/** One statement of MongoDB's manual, as data that any server can be held against. */
export interface Case {
  /** What is stated, as a sentence; unique within its file. */
  name: string;
  /** Path of the page below https://www.mongodb.com/docs/v8.0/, with the section where it has one. */
  manual: string;
  /** Collections, with the documents that are in them at the beginning. */
  given?: Readonly<Record<string, readonly Doc[]>>;
  /** Indexes by collection, made after the documents are in. */
  indexes?: Readonly<Record<string, readonly Doc[]>>;
  steps: readonly Step[];
}

/** Stands in strings of a case for the name of its database. */
export const DATABASE = '<database>';

/** Values of BSON types that a plain JavaScript value is not encoded as. */
export const int = (value: number): unknown => new Int32(value);
export const long = (value: number | string | bigint): unknown => Long.fromString(String(value));
export const double = (value: number): unknown => new Double(value);
export const decimal = (text: string): unknown => Decimal128.fromString(text);
export const oid = (hex: string): unknown => new ObjectId(hex);
export const date = (iso: string): Date => new Date(iso);
export const binary = (base64: string, subtype = 0): unknown => new Binary(Buffer.from(base64, 'base64'), subtype);
export const timestamp = (t: number, i: number): unknown => new Timestamp({ t, i });
export const regex = (pattern: string, options = ''): unknown => new BSONRegExp(pattern, options);
export const minKey = new MinKey();
export const maxKey = new MaxKey();
