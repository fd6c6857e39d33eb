import { isDoc, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { checkVariableName } from '../../language/expressions/variables.js';
import { typeName } from '../../language/values/bson-types.js';
import { checkPipeline } from '../../language/pipeline.js';
import { checkNamespace } from '../../store/namespace.js';
import { checkKnown, missingField, wrongType } from '../arguments.js';

/** Where `$out` or `$merge` at the end of a pipeline puts its documents. */
export type Output =
  | { readonly kind: 'out'; readonly db: string; readonly collection: string }
  | {
      readonly kind: 'merge';
      readonly db: string;
      readonly collection: string;
      readonly on: readonly string[];
      readonly variables: Doc;
      readonly whenMatched: string | readonly Doc[];
      readonly whenNotMatched: string;
    };

/** What may be done with documents that are there together with what may be done with new ones. */
const MODES: Readonly<Record<string, readonly string[]>> = {
  replace: ['insert', 'discard', 'fail'],
  keepExisting: ['insert'],
  merge: ['insert', 'discard', 'fail'],
  fail: ['insert'],
  pipeline: ['insert', 'discard', 'fail'],
};
const WHEN_NOT_MATCHED = ['insert', 'discard', 'fail'];
/** Databases that are MongoDB's own. */
const INTERNAL = ['admin', 'config', 'local'];

/**
 * Reads a pipeline's last stage; undefined when it does not write.
 * @throws MongoError with the codes of `$out` and `$merge` for what is no specification of them
 */
export function outputOf(stage: Doc | undefined, db: string): Output | undefined {
  if (stage && '$out' in stage) return outOf(stage['$out'], db);
  return stage && '$merge' in stage ? mergeOf(stage['$merge'], db) : undefined;
}

function outOf(spec: unknown, db: string): Output {
  if (typeof spec === 'string') return checked({ kind: 'out', db, collection: spec });
  if (!isDoc(spec))
    throw new MongoError(16990, `$out only supports a string or object argument, but found ${typeName(spec)}`);
  checkKnown(spec, ['db', 'coll', 'timeseries'], '$out');
  const [named, collection] = [textOf(spec, 'db', '$out'), textOf(spec, 'coll', '$out')];
  if (named === undefined) throw missingField('$out', 'db');
  if (collection === undefined) throw missingField('$out', 'coll');
  if ((spec['timeseries'] ?? null) !== null)
    throw new MongoError(72, "the option 'timeseries' of $out is not supported by this server");
  return checked({ kind: 'out', db: named, collection });
}

function mergeOf(given: unknown, db: string): Output {
  if (typeof given !== 'string' && !isDoc(given))
    throw new MongoError(51182, `$merge only supports a string or object argument, not ${typeName(given)}`);
  const spec: Doc = typeof given === 'string' ? { into: given } : given;
  const { into, on, let: own, whenMatched = 'merge', whenNotMatched: otherwise, ...others } = spec;
  checkKnown(others, [], '$merge');
  const [variables, whenNotMatched] = [own ?? {}, otherwise ?? 'insert'];
  if (into === undefined) throw missingField('$merge', 'into');
  const target = targetOf(into, db);
  if (!isDoc(variables)) throw wrongType('$merge', 'let', 'object', variables);
  Object.keys(variables).forEach(checkVariableName);
  if (typeof whenMatched !== 'string' && !Array.isArray(whenMatched))
    throw new MongoError(
      51191,
      `$merge 'whenMatched' field must be either a string or an array, not ${typeName(whenMatched)}`,
    );
  if (typeof whenNotMatched !== 'string') throw wrongType('$merge', 'whenNotMatched', 'string', whenNotMatched);
  const mode = typeof whenMatched === 'string' ? whenMatched : 'pipeline';
  if (!Object.hasOwn(MODES, mode) || whenMatched === 'pipeline') throw noSuchValue('whenMatched', mode);
  if (!WHEN_NOT_MATCHED.includes(whenNotMatched)) throw noSuchValue('whenNotMatched', whenNotMatched);
  if (MODES[mode]?.includes(whenNotMatched) !== true)
    throw new MongoError(
      51181,
      `Combination of $merge modes 'whenMatched: ${mode}' and 'whenNotMatched: ${whenNotMatched}' is not supported`,
    );
  if (variables === own && !Array.isArray(whenMatched))
    throw new MongoError(51199, `Cannot use 'let' variables with 'whenMatched: ${whenMatched}' mode`);
  if (variables['new'] !== undefined && variables['new'] !== '$$ROOT')
    throw new MongoError(51273, "'let' may not define a value for the reserved 'new' variable other than '$$ROOT'");
  return checked({
    kind: 'merge',
    ...target,
    on: onOf(on),
    variables,
    whenMatched: typeof whenMatched === 'string' ? whenMatched : checkPipeline(whenMatched),
    whenNotMatched,
  });
}

function targetOf(into: unknown, db: string): { db: string; collection: string } {
  if (typeof into === 'string') {
    if (into === '') throw new MongoError(5786800, "$merge 'into' field cannot be an empty string");
    return { db, collection: into };
  }
  if (!isDoc(into))
    throw new MongoError(
      51178,
      `$merge 'into' field  must be either a string or an object, but found ${typeName(into)}`,
    );
  checkKnown(into, ['db', 'coll'], '$merge.into');
  const [named = db, collection = ''] = [textOf(into, 'db', '$merge.into'), textOf(into, 'coll', '$merge.into')];
  if (collection === '')
    throw new MongoError(5786801, "$merge 'into' field must specify a 'coll' that is not empty, null or undefined");
  return { db: named, collection };
}

function onOf(on: unknown): string[] {
  if (on === undefined) return ['_id'];
  if (typeof on === 'string') return [on];
  if (!Array.isArray(on))
    throw new MongoError(
      51186,
      `$merge 'on' field  must be either a string or an array of strings, but found ${typeName(on)}`,
    );
  if (on.length === 0)
    throw new MongoError(51187, "If explicitly specifying $merge 'on', must include at least one field");
  const paths = on.map((path: unknown) => {
    if (typeof path !== 'string')
      throw new MongoError(51134, `$merge 'on' array elements must be strings, but found ${typeName(path)}`);
    return path;
  });
  const twice = paths.find((path, i) => paths.indexOf(path) < i);
  if (twice !== undefined) throw new MongoError(31465, `Found a duplicate field '${twice}'`);
  return paths;
}

function textOf(spec: Doc, field: string, where: string): string | undefined {
  const value = spec[field] ?? undefined;
  if (value !== undefined && typeof value !== 'string') throw wrongType(where, field, 'string', value);
  return value;
}

function noSuchValue(field: string, value: string): MongoError {
  return new MongoError(2, `Enumeration value '${value}' for field '$merge.${field}' is not a valid value.`);
}

/** An output whose collection may be written. */
function checked(output: Output): Output {
  const { kind, db, collection } = output;
  const isOut = kind === 'out';
  if (db === '' || /[/\\. "$\0]/.test(db))
    throw new MongoError(73, `Invalid $${kind} target namespace, ${db}.${collection}`);
  if (collection.startsWith('system.'))
    throw new MongoError(isOut ? 17385 : 31319, `Cannot $${kind} to special collection: ${collection}`);
  if (INTERNAL.includes(db)) throw new MongoError(isOut ? 31321 : 31320, `Cannot $${kind} to internal database: ${db}`);
  checkNamespace(db, collection);
  return output;
}
