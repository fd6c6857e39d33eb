import { Double } from 'bson';
import { decodeTyped, encode, isDoc, put, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { isNumeric } from './values/arithmetic.js';
import {
  compileExpression,
  isExpressionName,
  isTrue,
  scopeOf,
  type Compilation,
  type Expression,
  type Scope,
} from './expression.js';
import { fieldPath } from './paths.js';
import { matcher, type Evaluation } from './filters/filter.js';
import { matchedIndex } from './updates/update-positions.js';
import { toNumber } from './values/numbers.js';
import { BINARY } from './values/ordering.js';
import { addPath, applyComputed, exclude, include, newNode, type Node } from './projection-tree.js';
import { isTextScore } from './sort.js';
import { checkScored } from './filters/text.js';

/** Turns a stored document into what a projection leaves of it. */
export type Projector = (raw: Buffer, textScore?: number) => Uint8Array;

/** What is left of an array of the document. */
type ArrayChange = (values: unknown[], doc: Doc) => unknown[];

/** Visits arrays at a path, to change them. */
type ArrayVisit = (value: unknown, path: readonly string[], change: (values: unknown[]) => unknown[]) => void;

/** What only `find` has in a projection. */
type FindOperator =
  | { readonly kind: 'score' | 'elemMatch'; readonly path: string; readonly compute: Expression }
  | { readonly kind: 'slice' | 'positional'; readonly path: string; readonly change: ArrayChange };

/** The entries of a projection by their kinds, with nested documents spelled out as dotted paths. */
interface Entries {
  readonly flags: [path: string, included: boolean][];
  readonly computed: [path: string, compute: Expression][];
  readonly operators: FindOperator[];
  /** All paths so far, of which none may be another's or within another one. */
  readonly paths: Node;
  /** It takes fields (true) or leaves them out (false), as far as it says so. */
  inclusive?: boolean;
}

/** What a projection is read with; of `$project` there is neither filter nor evaluation. */
interface Reading {
  readonly compilation: Compilation;
  readonly find?: { readonly filter: Doc; readonly evaluation: Evaluation };
}

/** The variable in which the score of a text search stands. */
const SCORE = '\0score';

/**
 * Compiles a projection of `find`; undefined leaves documents as they are.
 * @param filter says which element of an array the positional `$` is
 * @throws MongoError 31249 to 31254 when paths collide, or inclusion and exclusion mix
 */
export function projector(spec: Doc | undefined, filter: Doc = {}, evaluation: Evaluation = {}): Projector | undefined {
  if (!spec || Object.keys(spec).length === 0) return undefined;
  const { ordering = BINARY, variables = {} } = evaluation;
  const compilation = { ordering, known: new Set(Object.keys(variables)) };
  const project = compile(spec, { compilation, find: { filter, evaluation } });
  return (raw, textScore) => {
    const score = textScore === undefined ? undefined : new Double(textScore);
    const scope = scopeOf(decodeTyped(raw), { ...variables, [SCORE]: score });
    return encode(project(scope));
  };
}

/**
 * Compiles a projection of `$project`.
 * @throws MongoError 51272 when it is empty, 31249 to 31254 as `projector`
 */
export function compileProjection(spec: Doc, compilation: Compilation): (scope: Scope) => Doc {
  if (Object.keys(spec).length === 0)
    throw new MongoError(
      51272,
      'Invalid $project :: caused by :: projection specification must have at least one field',
    );
  return compile(spec, { compilation });
}

function compile(spec: Doc, reading: Reading): (scope: Scope) => Doc {
  const entries: Entries = { flags: [], computed: [], operators: [], paths: newNode() };
  read(spec, '', entries, reading);
  const { flags, computed, operators } = entries;
  const fields = flags.filter(([path]) => path !== '_id');
  const idFlag = flags.find(([path]) => path === '_id')?.[1];
  const has = (kind: FindOperator['kind']): boolean => operators.some((operator) => operator.kind === kind);
  const including = entries.inclusive ?? ((has('elemMatch') && !has('slice')) || idFlag === true);
  const tree = newNode();
  for (const [path] of fields) addPath(tree, fieldPath(path));
  for (const [path, compute] of computed) addPath(tree, fieldPath(path), compute);
  const changes: { path: string[]; change: ArrayChange; visit: ArrayVisit }[] = [];
  for (const operator of operators) {
    const path = fieldPath(operator.path);
    if ('compute' in operator) addPath(tree, path, operator.compute);
    else {
      changes.push({
        path,
        change: operator.change,
        visit: operator.kind === 'slice' ? changeArrays : changeFirstArray,
      });
      if (including) addPath(tree, path);
    }
  }
  const named = [...fields, ...computed].map(([path]) => path).concat(operators.map(({ path }) => path));
  const idIsOwn = named.some((path) => path === '_id' || path.startsWith('_id.'));
  if (including ? idFlag !== false && !idIsOwn : idFlag === false) addPath(tree, ['_id']);
  return (scope) => {
    const doc = scope.root as Doc;
    const kept = including ? include(doc, tree) : exclude(doc, tree);
    applyComputed(kept, tree, scope);
    for (const { path, change, visit } of changes) visit(kept, path, (values) => change(values, doc));
    return kept;
  };
}

/** All entries must take fields, or all leave them out. */
function agree(entries: Entries, inclusive: boolean, path: string, expression?: 'operator' | 'literal'): void {
  const { inclusive: before = inclusive } = entries;
  entries.inclusive = inclusive;
  if (before === inclusive) return;
  if (!inclusive) throw new MongoError(31254, `Cannot do exclusion on field ${path} in inclusion projection`);
  if (!expression) throw new MongoError(31253, `Cannot do inclusion on field ${path} in exclusion projection`);
  throw expression === 'operator'
    ? new MongoError(31252, `Cannot use expression other than $meta in exclusion projection: ${path}`)
    : new MongoError(31310, `Cannot use an expression ${path} in an exclusion projection`);
}

function read(spec: Doc, prefix: string, entries: Entries, reading: Reading): void {
  const { compilation, find } = reading;
  for (const [name, value] of Object.entries(spec)) {
    const path = `${prefix}${name}`;
    const isPositional = name.endsWith('.$');
    if (isPositional && !find)
      throw new MongoError(31324, 'Cannot use positional projection in aggregation projection');
    if (name.includes('.$.'))
      throw new MongoError(31394, `Positional projection may only be used at the end of a path, as in a.b.$: ${path}`);
    if (isFlag(value)) {
      const included = isTrue(value);
      if (!included && isPositional) throw new MongoError(31395, 'positional projection cannot be used with exclusion');
      if (included && find && isPositional) {
        const operator = positional(path, entries, find);
        addPath(entries.paths, fieldPath(operator.path));
        entries.operators.push(operator);
      } else {
        addPath(entries.paths, fieldPath(path));
        entries.flags.push([path, included]);
      }
      if (path !== '_id') agree(entries, included, path);
    } else if (isPositional)
      throw isDoc(value)
        ? new MongoError(31271, 'positional projection cannot be used with an expression or sub object')
        : new MongoError(31308, 'positional projection cannot be used with a literal');
    else if (!isDoc(value)) {
      addPath(entries.paths, fieldPath(path));
      agree(entries, true, path, 'literal');
      entries.computed.push([path, compileExpression(value, compilation)]);
    } else readDocument(path, value, entries, reading);
  }
}

function readDocument(path: string, value: Doc, entries: Entries, reading: Reading): void {
  const names = Object.keys(value);
  const [operator] = names;
  if (operator === undefined)
    throw new MongoError(51270, `An empty sub-projection is not a valid value. Found empty object at path ${path}`);
  const dollar = names.find((name) => name.startsWith('$'));
  if (dollar === undefined) return read(value, `${path}.`, entries, reading);
  if (names.length > 1)
    throw new MongoError(16410, `FieldPath field names may not start with '$': ${dollar} in ${path}`);
  const own = reading.find && findOperator(path, value, entries, reading.find);
  const scored = !own && isTextScore(value);
  if (scored) checkScored(reading.find?.filter ?? {});
  if (own || scored) {
    addPath(entries.paths, fieldPath(path));
    return void entries.operators.push(own ?? scoreAt(path));
  }
  if (operator === '$elemMatch') throw new MongoError(168, 'Cannot use $elemMatch in this context');
  if (!isExpressionName(operator)) throw new MongoError(31325, `Unknown expression ${operator}`);
  agree(entries, true, path, 'operator');
  addPath(entries.paths, fieldPath(path));
  entries.computed.push([path, compileExpression(value, reading.compilation)]);
}

function isFlag(value: unknown): boolean {
  return typeof value === 'boolean' || isNumeric(value);
}

function scoreAt(path: string): FindOperator {
  return { kind: 'score', path, compute: ({ variables }) => variables[SCORE] };
}

/** `$slice` and `$elemMatch` as `find` has them; `$slice` of other arguments is an expression. */
function findOperator(
  path: string,
  value: Doc,
  { operators }: Entries,
  { evaluation }: NonNullable<Reading['find']>,
): FindOperator | undefined {
  if ('$slice' in value) {
    const change = slicing(value['$slice']);
    return change && { kind: 'slice', path, change };
  }
  if (!('$elemMatch' in value)) return undefined;
  const criteria = value['$elemMatch'];
  if (!isDoc(criteria)) throw new MongoError(31274, 'elemMatch: Invalid argument, object required');
  if (operators.some(({ kind }) => kind === 'positional'))
    throw new MongoError(31255, 'Cannot specify positional operator and $elemMatch.');
  if (path.includes('.')) throw new MongoError(31275, 'Cannot use $elemMatch projection on a nested field.');
  return { kind: 'elemMatch', path, compute: firstMatch(path, criteria, evaluation) };
}

/** The element of an array in the place of the one that the filter matched, which may be in another array. */
function positional(
  path: string,
  { operators }: Entries,
  { filter, evaluation }: NonNullable<Reading['find']>,
): FindOperator {
  if (operators.some(({ kind }) => kind === 'positional'))
    throw new MongoError(31276, 'Cannot specify more than one positional projection per query.');
  if (operators.some(({ kind }) => kind === 'elemMatch'))
    throw new MongoError(31256, 'Cannot specify positional operator and $elemMatch.');
  if (path === '.$') throw new MongoError(5392900, `Projection on field ${path} is invalid`);
  const change: ArrayChange = (values, doc) => {
    const index = matchedIndex(doc, filter, evaluation, false);
    if (index === undefined)
      throw new MongoError(51246, "positional operator '.$' couldn't find a matching element in the array");
    if (index >= values.length) throw new MongoError(51247, "positional operator '.$' element mismatch");
    return values.slice(index, index + 1);
  };
  return { kind: 'positional', path: path.slice(0, -2), change };
}

function slicing(argument: unknown): ArrayChange | undefined {
  const whole = (value: unknown): number => Math.trunc(toNumber(value));
  if (isNumeric(argument)) {
    const count = whole(argument);
    return (values) => (count < 0 ? values.slice(count) : values.slice(0, count));
  }
  if (!Array.isArray(argument) || argument.length !== 2 || !argument.every(isNumeric)) return undefined;
  const [first, count] = argument.map(whole) as [number, number];
  if (count <= 0) return undefined;
  return (values) => {
    const start = first < 0 ? Math.max(values.length + first, 0) : first;
    return values.slice(start, start + count);
  };
}

function firstMatch(path: string, criteria: Doc, evaluation: Evaluation): Expression {
  const matches = matcher({ values: { $elemMatch: criteria } }, evaluation);
  return ({ root }) => {
    const values = (root as Doc)[path];
    const hit = Array.isArray(values) ? (values as unknown[]).find((item) => matches({ values: [item] })) : undefined;
    return hit === undefined ? undefined : [hit];
  };
}

/** Changes the arrays at a path, also those within documents of other arrays, but not in arrays within those. */
function changeArrays(value: unknown, path: readonly string[], change: (values: unknown[]) => unknown[]): void {
  if (!isDoc(value)) return;
  const [name = '', ...rest] = path;
  const inner = value[name];
  if (rest.length === 0) {
    if (Array.isArray(inner)) put(value, name, change(inner));
  } else if (Array.isArray(inner)) inner.forEach((item) => changeArrays(item, rest, change));
  else changeArrays(inner, rest, change);
}

/** Changes the first array that there is on the way along a path. */
function changeFirstArray(value: unknown, path: readonly string[], change: (values: unknown[]) => unknown[]): void {
  const [name, ...rest] = path;
  if (name === undefined || !isDoc(value)) return;
  const inner = value[name];
  if (Array.isArray(inner)) put(value, name, change(inner));
  else changeFirstArray(inner, rest, change);
}
