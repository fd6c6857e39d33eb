/** A failure to open, keep or close an embedded server, in plain words for the person who started it. */
export class EmbeddedMongoError extends Error {
  override readonly name = 'EmbeddedMongoError';
}

/** MongoDB's names of error codes; the many without one are called after the place that they came from. */
const CODE_NAMES: Readonly<Record<number, string>> = {
  1: 'InternalError',
  2: 'BadValue',
  4: 'NoSuchKey',
  5: 'GraphContainsCycle',
  9: 'FailedToParse',
  11: 'UserNotFound',
  13: 'Unauthorized',
  14: 'TypeMismatch',
  15: 'Overflow',
  16: 'InvalidLength',
  17: 'ProtocolError',
  18: 'AuthenticationFailed',
  20: 'IllegalOperation',
  22: 'InvalidBSON',
  26: 'NamespaceNotFound',
  27: 'IndexNotFound',
  28: 'PathNotViable',
  34: 'CannotBackfillArray',
  40: 'ConflictingUpdateOperators',
  43: 'CursorNotFound',
  48: 'NamespaceExists',
  50: 'MaxTimeMSExpired',
  52: 'DollarPrefixedFieldName',
  53: 'InvalidIdField',
  54: 'NotSingleValueField',
  55: 'InvalidDBRef',
  56: 'EmptyFieldName',
  59: 'CommandNotFound',
  66: 'ImmutableField',
  67: 'CannotCreateIndex',
  72: 'InvalidOptions',
  73: 'InvalidNamespace',
  76: 'NoReplicationEnabled',
  85: 'IndexOptionsConflict',
  86: 'IndexKeySpecsConflict',
  91: 'ShutdownInProgress',
  96: 'OperationFailed',
  111: 'NotExactValueField',
  123: 'NotAReplicaSet',
  125: 'CommandFailed',
  146: 'ExceededMemoryLimit',
  165: 'ViewDepthLimitExceeded',
  166: 'CommandNotSupportedOnView',
  167: 'OptionNotSupportedOnView',
  168: 'InvalidPipelineOperator',
  171: 'CannotIndexParallelArrays',
  175: 'QueryPlanKilled',
  181: 'AmbiguousIndexKeyPattern',
  197: 'InvalidIndexSpecificationOption',
  201: 'CannotBuildIndexKeys',
  207: 'InvalidUUID',
  224: 'QueryFeatureNotAllowed',
  225: 'TransactionTooOld',
  232: 'MaxSubPipelineDepthExceeded',
  237: 'CursorKilled',
  238: 'NotImplemented',
  241: 'ConversionFailure',
  276: 'IndexBuildAborted',
  292: 'QueryExceededMemoryLimitNoDiskUseAllowed',
  322: 'APIVersionError',
  323: 'APIStrictError',
  347: 'APIMismatchError',
  352: 'UnsupportedOpQueryCommand',
  10334: 'BSONObjectTooLarge',
  11000: 'DuplicateKey',
  11600: 'InterruptedAtShutdown',
  12051: 'CursorInUse',
  12587: 'BackgroundOperationInProgressForNamespace',
  13113: 'MergeStageNoMatchingDocument',
  13297: 'DatabaseDifferCase',
  14031: 'OutOfDiskSpace',
  17280: 'KeyTooLong',
  31082: 'SearchNotEnabled',
};

/** A refusal that goes to the driver as MongoDB would word it: `code`, `codeName` and `errmsg`. */
export class MongoError extends Error {
  override readonly name: string = 'MongoError';
  /** It came up over documents, when the command had been planned. */
  isOfExecution = false;

  /** @param extra further fields of the answer, such as `keyPattern` and `keyValue` */
  constructor(
    readonly code: number,
    message: string,
    readonly extra: Record<string, unknown> = {},
  ) {
    super(message);
  }

  /** MongoDB's name of the code, e.g. `DuplicateKey`. */
  get codeName(): string {
    return CODE_NAMES[this.code] ?? `Location${this.code}`;
  }
}

/** MongoDB's refusal of what Atlas Search does. */
export const searchNotEnabled = (what: string): MongoError =>
  new MongoError(
    31082,
    `Using ${what} requires additional configuration. Please connect to Atlas or an AtlasCLI local deployment to enable. For more information on how to connect, see https://dochub.mongodb.org/core/atlas-cli-deploy-local-reqs.`,
  );

/** A date that a driver stored beyond what JavaScript has: which one it is cannot be told. */
export const farDate = (): MongoError =>
  new MongoError(
    238,
    'dates beyond 8640000000000000 ms from 1970 are not compared, sorted or computed with by this server',
  );

/** MongoDB's code of a disk that takes no writes. */
export const DISK_FULL = 14031;

/** Notes that an error came up over documents. */
export function ofExecution(error: unknown): unknown {
  if (error instanceof MongoError) error.isOfExecution = true;
  return error;
}

/** An error as a command tells it: with its own words before one that came up over documents. */
export function told(error: MongoError, context: string): MongoError {
  const { code, message, extra, isOfExecution } = error;
  return isOfExecution ? new MongoError(code, `${context} :: caused by :: ${message}`, extra) : error;
}

/** Any thrown value as what a driver is told; what was not foreseen becomes code 1 with its message. */
export function toMongoError(error: unknown): MongoError {
  if (error instanceof MongoError) return error;
  if (!(error instanceof Error)) return new MongoError(1, 'unexpected failure');
  if (error.name.startsWith('BSON')) return new MongoError(22, error.message);
  // A disk that has room for part of a write only is an input/output error to LMDB.
  if (/MDB_MAP_FULL|ENOSPC|No space left|File too large|Input\/output error|quota exceeded/i.test(error.message)) {
    return new MongoError(
      DISK_FULL,
      `no space left on the disk that holds the data folder, or it takes no writes: ${error.message}`,
    );
  }
  return new MongoError(1, error.message);
}
