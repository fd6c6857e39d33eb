import { decode, decodeTyped, elementsOf, embeddedIn, isDoc, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { collationOf } from '../language/values/collation.js';
import { valueWithoutDocument } from '../language/expression.js';
import { checkVariableName } from '../language/expressions/variables.js';
import { needsTypes, type Evaluation } from '../language/filters/filter.js';
import { checkCommandLevels } from '../nesting.js';
import { isNumeric } from '../language/values/arithmetic.js';
import { typeName } from '../language/values/bson-types.js';
import { toNumber } from '../language/values/numbers.js';
import { orderingOf, type Ordering } from '../language/values/ordering.js';
import { isView, type CollectionInfo } from '../store/catalogue.js';
import type { Request } from '../wire/message.js';
import { Binary, Long } from 'bson';
import type { Deadline } from '../store/scan/deadline.js';
import type { NumberedWrite } from '../store/retries.js';
import {
  NUMBERS,
  checkBoolean,
  checkKnown,
  checkOperation,
  checkTime,
  checkUpdate,
  countOf,
  hintOf,
  limitOf,
  missingField,
  noUuid,
  wholeOf,
  wrongType,
} from './arguments.js';
import { ownCollation, sameCollation } from './aggregate/view-graph.js';

/** Bytes of a session's identifier, a UUID, which is a key of the store. */
export const SESSION_BYTES = 16;

const EMPTY = Buffer.from([5, 0, 0, 0, 0]);

/** How a command is held to its time. */
export interface Limits extends Omit<Deadline, 'at'> {
  /** When it arrived, by `performance.now()`, where that was before it is run. */
  readonly beganAt?: number;
}

/** A command's arguments, read with the checks that MongoDB makes. */
export class Call {
  private typedArgs: Doc | undefined;
  private variables: Doc | undefined;
  private end: Deadline | undefined;

  /** @param limits what its reads mind besides `maxTimeMS` */
  constructor(
    readonly request: Request,
    readonly connectionId: number,
    private readonly limits: Limits = {},
  ) {}

  get name(): string {
    return this.request.name;
  }

  get db(): string {
    return this.request.db;
  }

  /**
   * The collection that the command names as its own value.
   * @throws MongoError 73 when that is empty, or no name that a collection could have
   */
  get collection(): string {
    const name = this.value(this.name);
    if (typeof name !== 'string') throw new MongoError(73, `Collection name has invalid type ${typeName(name)}`);
    if (name === '') throw new MongoError(73, `Invalid namespace specified '${this.db}.'`);
    if (name.startsWith('.')) throw new MongoError(73, `Collection names cannot start with '.': ${name}`);
    if (name.includes('\0')) throw new MongoError(73, 'namespaces cannot have embedded null characters');
    return name;
  }

  get namespace(): string {
    return `${this.db}.${this.collection}`;
  }

  /** All arguments with the BSON types of their numbers. */
  get typed(): Doc {
    return (this.typedArgs ??= decodeTyped(this.request.body));
  }

  /** Whether an argument is given; one of null counts as not. */
  has(field: string): boolean {
    return (this.request.args[field] ?? undefined) !== undefined;
  }

  value(field: string): unknown {
    return this.request.args[field];
  }

  /** @throws MongoError 40414 when it is missing, 14 when it is no string */
  text(field: string): string {
    const value = this.value(field);
    if (value === undefined || value === null) throw missingField(this.name, field);
    if (typeof value !== 'string') throw wrongType(this.name, field, 'string', value);
    return value;
  }

  doc(field: string): Doc {
    const value = this.value(field) ?? {};
    if (!isDoc(value)) throw wrongType(this.name, field, 'object', value);
    return value;
  }

  optionalDoc(field: string): Doc | undefined {
    return this.has(field) ? this.doc(field) : undefined;
  }

  /** @throws MongoError 40414 when it is missing, 14 when it is no list */
  list(field: string): unknown[] {
    const value = this.value(field);
    if (value === undefined || value === null) throw missingField(this.name, field);
    if (!Array.isArray(value)) throw wrongType(this.name, field, 'array', value);
    return value;
  }

  /** @throws MongoError 14 when it is neither a boolean nor a number, which counts as true unless it is 0 */
  flag(field: string): boolean {
    const value = this.value(field) ?? false;
    if (typeof value === 'boolean') return value;
    if (!isNumeric(value)) throw wrongType(this.name, field, ['bool', ...NUMBERS], value);
    return toNumber(value) !== 0;
  }

  /** Whether the first failure ends a batch. */
  ordered(): boolean {
    checkBoolean(this.value('ordered'), this.name, 'ordered');
    return this.value('ordered') !== false;
  }

  /** The whole part of a number, undefined without one. */
  whole(field: string): number | undefined {
    return wholeOf(this.value(field), this.name, field);
  }

  /** @throws MongoError 51024 when it is negative */
  count(field: string): number | undefined {
    return countOf(this.value(field), this.name, field);
  }

  /** How many documents `cursor` wants in the first batch; undefined when it does not say. */
  batchSize(): number | undefined {
    const cursor = this.value('cursor');
    if (this.name === 'aggregate' && cursor !== undefined && !isDoc(cursor))
      throw new MongoError(14, 'cursor field must be missing or an object');
    const { batchSize, ...others } = this.doc('cursor');
    checkKnown(others, [], 'cursor');
    return countOf(batchSize, 'cursor', 'batchSize');
  }

  /** A list with the BSON types of its numbers. */
  typedList(field: string): unknown[] {
    this.list(field);
    return this.typed[field] as unknown[];
  }

  /**
   * The variables of `let`, and the order that the command or its collection asks for.
   * @throws MongoError 167 when the command asks for another order than that of its view
   * @param constants values of an operation's own, as they are
   */
  evaluation(info: CollectionInfo | undefined, collation = this.value('collation'), constants?: Doc): Evaluation {
    const ordering = orderingFor(info, collation);
    const variables = (this.variables ??= this.variablesOf(ordering, info));
    if (!constants) return { ordering, variables };
    Object.keys(constants).forEach(checkVariableName);
    return { ordering, variables: { ...variables, ...constants } };
  }

  /** A filter; one that computes has the types of its numbers. */
  filter(field: string): Doc {
    const filter = this.doc(field);
    return needsTypes(filter) ? (this.typed[field] as Doc) : filter;
  }

  /** `$$NOW`, which is one moment for the whole command, and the variables of `let`, each of which may use those before. */
  private variablesOf(ordering: Ordering, info: CollectionInfo | undefined): Doc {
    const isPipeline = info !== undefined && isView(info);
    const variables: Doc = TIMELESS.includes(this.name) && !isPipeline ? {} : { NOW: new Date() };
    const own = this.has('let') ? (this.doc('let'), this.typed['let'] as Doc) : {};
    for (const [name, spec] of Object.entries(own)) {
      checkVariableName(name);
      variables[name] = valueWithoutDocument(spec, ordering, variables);
    }
    return variables;
  }

  /** How long this command may read, which is for all its operations; undefined when that has no end. */
  deadline(): Deadline | undefined {
    const { beganAt = performance.now(), handOverAt, isInterrupted } = this.limits;
    const limit = toNumber(this.value('maxTimeMS') ?? 0) || Number.POSITIVE_INFINITY;
    if (limit === Number.POSITIVE_INFINITY && !handOverAt && !isInterrupted) return undefined;
    return (this.end ??= { at: beganAt + limit, handOverAt, isInterrupted });
  }

  /** @throws MongoError 2, 14 or 51024 when `maxTimeMS` is no whole number from 0 to 2,147,483,647 */
  checkTime(): void {
    checkTime(this.name, this.value('maxTimeMS'));
  }

  hint(): string | Doc | undefined {
    return hintOf(this.value('hint'));
  }

  /**
   * The write as its session numbers it, undefined when it is not to be repeated.
   * @throws MongoError 72 without a session, 207 when that has no UUID, 14 when the number is no long
   */
  numbered(): NumberedWrite | undefined {
    if (!this.has('txnNumber')) return undefined;
    const number = this.typed['txnNumber'];
    if (!(number instanceof Long)) throw wrongType(this.name, 'txnNumber', 'long', number);
    const id = this.doc('lsid')['id'];
    if (!(id instanceof Binary))
      throw new MongoError(72, 'Transaction number requires a session ID to also be specified');
    if (id.length() !== SESSION_BYTES) throw noUuid();
    return { session: Buffer.from(id.value()), number: number.toBigInt() };
  }

  /** The elements of a list as they came, be it in the body or as a document sequence. */
  documents(field: string): readonly Buffer[] {
    const sequence = this.request.sequences.get(field);
    if (sequence) return sequence;
    const list = this.list(field);
    const raws = elementsOf(embeddedIn(this.request.body, field) ?? EMPTY);
    return list.map((item, i) => {
      const raw = isDoc(item) ? raws[i]?.[1] : undefined;
      if (!raw) throw wrongType(`${this.name}.${field}`, String(i), 'object', item);
      return raw;
    });
  }

  /** The operations of a batch, with and without the types of their numbers. */
  operations(field: string): { plain: Doc; typed: Doc }[] {
    this.optionalDoc('let');
    const raw = this.documents(field);
    if (raw.length === 0) throw new MongoError(16, `Write batch sizes must be between 1 and 100000. Got 0 operations.`);
    const where = `${this.name}.${field}`;
    const { required = [], optional = [] } = OPERATIONS[field] ?? {};
    return raw.map((item) => {
      const plain = decode(item);
      checkCommandLevels(item);
      checkKnown(plain, [...required, ...optional], where);
      const missing = required.find((name) => plain[name] === undefined || (name === 'q' && plain[name] === null));
      if (missing !== undefined) throw missingField(where, missing);
      if (!isDoc(plain['q'])) throw wrongType(where, 'q', 'object', plain['q']);
      checkOperation(plain, where);
      if (field === 'updates') checkUpdate(plain['u']);
      else limitOf(plain);
      return { plain, typed: decodeTyped(item) };
    });
  }
}

/** Commands whose filters MongoDB gives no `$$NOW`, but through views. */
const TIMELESS: readonly string[] = ['count', 'distinct'];

/** What the operations of a batch must have, and what they may have. */
const OPERATIONS: Readonly<
  Record<string, { readonly required: readonly string[]; readonly optional: readonly string[] }>
> = {
  updates: { required: ['q', 'u'], optional: ['multi', 'upsert', 'collation', 'arrayFilters', 'hint', 'sort', 'c'] },
  deletes: { required: ['q', 'limit'], optional: ['collation', 'hint'] },
};

/**
 * How an operation compares strings: as it says itself, or as its collection does.
 * @throws MongoError 167 when it would read a view in another order than that of the view
 */
export function orderingFor(info: CollectionInfo | undefined, collation: unknown): Ordering {
  // An empty document names none.
  const own = isDoc(collation) && Object.keys(collation).length === 0 ? undefined : collation;
  const ordering = orderingOf(collationOf(own ?? info?.options['collation']));
  if (info && isView(info) && !sameCollation(ownCollation(info), ordering.collation))
    throw new MongoError(167, `Cannot override the default collation of the view ${info.db}.${info.name}`);
  return ordering;
}
