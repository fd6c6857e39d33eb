/** A failure to open, keep or close an embedded server, in plain words for the person who started it. */
export class EmbeddedMongoError extends Error {
  override readonly name = 'EmbeddedMongoError';
}

/** MongoDB's names of the error codes that this server answers with. */
const CODE_NAMES = {
  1: 'InternalError',
  2: 'BadValue',
  5: 'GraphContainsCycle',
  9: 'FailedToParse',
  11: 'UserNotFound',
  13: 'Unauthorized',
  14: 'TypeMismatch',
  16: 'InvalidLength',
  20: 'IllegalOperation',
  22: 'InvalidBSON',
  26: 'NamespaceNotFound',
  27: 'IndexNotFound',
  28: 'PathNotViable',
  40: 'ConflictingUpdateOperators',
  43: 'CursorNotFound',
  48: 'NamespaceExists',
  50: 'MaxTimeMSExpired',
  52: 'DollarPrefixedFieldName',
  53: 'InvalidIdField',
  54: 'NotSingleValueField',
  56: 'EmptyFieldName',
  59: 'CommandNotFound',
  66: 'ImmutableField',
  67: 'CannotCreateIndex',
  72: 'InvalidOptions',
  73: 'InvalidNamespace',
  85: 'IndexOptionsConflict',
  86: 'IndexKeySpecsConflict',
  91: 'ShutdownInProgress',
  150: 'ViewDepthLimitExceeded',
  166: 'CommandNotSupportedOnView',
  168: 'InvalidPipelineOperator',
  171: 'CannotIndexParallelArrays',
  197: 'InvalidIndexSpecificationOption',
  225: 'TransactionTooOld',
  238: 'NotImplemented',
  292: 'QueryExceededMemoryLimitNoDiskUseAllowed',
  10334: 'BSONObjectTooLarge',
  11000: 'DuplicateKey',
  13113: 'MergeStageNoMatchingDocument',
  14031: 'OutOfDiskSpace',
  17280: 'KeyTooLong',
  40323: 'Location40323',
  40324: 'Location40324',
  40353: 'Location40353',
  40414: 'Location40414',
  40415: 'Location40415',
  40573: 'Location40573',
  31249: 'Location31249',
  31253: 'Location31253',
  31254: 'Location31254',
  40600: 'Location40600',
  40601: 'Location40601',
  51024: 'Location51024',
  51047: 'Location51047',
  51074: 'Location51074',
  51075: 'Location51075',
  51091: 'Location51091',
  51108: 'Location51108',
  51132: 'Location51132',
  51183: 'Location51183',
} as const;

/** An error code that this server answers with. */
export type ErrorCode = keyof typeof CODE_NAMES;

/** A refusal that goes to the driver as MongoDB would word it: `code`, `codeName` and `errmsg`. */
export class MongoError extends Error {
  override readonly name: string = 'MongoError';

  /** @param extra further fields of the answer, such as `keyPattern` and `keyValue` */
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly extra: Record<string, unknown> = {},
  ) {
    super(message);
  }

  /** MongoDB's name of the code, e.g. `DuplicateKey`. */
  get codeName(): string {
    return CODE_NAMES[this.code];
  }
}

/** Any thrown value as what a driver is told; what was not foreseen becomes code 1 with its message. */
export function toMongoError(error: unknown): MongoError {
  if (error instanceof MongoError) return error;
  if (!(error instanceof Error)) return new MongoError(1, 'unexpected failure');
  // mingo refuses what it cannot evaluate with its own class; to a driver that is a bad value.
  if (error.constructor.name === 'MingoError') return new MongoError(2, error.message);
  // A disk that has room for part of a write only is an input/output error to LMDB.
  if (/MDB_MAP_FULL|ENOSPC|No space left|File too large|Input\/output error|quota exceeded/i.test(error.message)) {
    return new MongoError(
      14031,
      `no space left on the disk that holds the data folder, or it takes no writes: ${error.message}`,
    );
  }
  return new MongoError(1, error.message);
}
