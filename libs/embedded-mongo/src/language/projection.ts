import { Double } from 'bson';
import { decodeTyped, encode, isDoc, put, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { compileExpression, fieldPath, scopeOf, type Compilation, type Expression, type Scope } from './expression.js';
import { matcher, type Evaluation } from './filter.js';
import { matchedIndex } from './update-positions.js';
import { toNumber } from './numbers.js';
import { BINARY } from './ordering.js';
import { addPath, applyComputed, exclude, include, newNode, type Node } from './projection-tree.js';
import { isTextScore } from './sort.js';

/** Turns a stored document into what a projection leaves of it. */
export type Projector = (raw: Buffer, textScore?: number) => Uint8Array;

/** What a projection of `find` has besides that of `$project`. */
interface Extras {
  /** Reads `$slice`, `$elemMatch` and the positional `$` of `find`. */
  operator(path: string, value: unknown): FindOperator | undefined;
}

type FindOperator =
  | { readonly kind: 'computed'; readonly path: string; readonly compute: Expression; readonly selects: boolean }
  | { readonly kind: 'array'; readonly path: string; readonly change: ArrayChange; readonly selects: boolean };

/** What is left of an array of the document. */
type ArrayChange = (values: unknown[], doc: Doc) => unknown[];

/** The kinds of entries of a projection, with nested documents spelled out as dotted paths. */
interface Entries {
  readonly flags: [path: string, included: boolean][];
  readonly computed: [path: string, compute: Expression][];
  readonly operators: FindOperator[];
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
  const project = compile(spec, compilation, {
    operator: (path, value) => findOperator(path, value, filter, evaluation),
  });
  return (raw, textScore) => {
    const scope = scopeOf(decodeTyped(raw), { ...variables, [SCORE]: new Double(textScore ?? 0) });
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
  return compile(spec, compilation, { operator: () => undefined });
}

function compile(spec: Doc, compilation: Compilation, extras: Extras): (scope: Scope) => Doc {
  const entries: Entries = { flags: [], computed: [], operators: [] };
  read(spec, '', entries, compilation, extras);
  const { flags, computed, operators } = entries;
  const fields = flags.filter(([path]) => path !== '_id');
  const selecting = computed.length > 0 || operators.some(({ selects }) => selects);
  const including = fields[0]?.[1] ?? (selecting || flags[0]?.[1] === true);
  checkMixture(entries, including);
  const idFlag = flags.find(([path]) => path === '_id')?.[1];
  const tree = newNode();
  for (const [path] of fields) addPath(tree, fieldPath(path));
  for (const [path, compute] of computed) addPath(tree, fieldPath(path), compute);
  const changes: { path: string[]; change: ArrayChange }[] = [];
  for (const operator of operators) {
    const path = fieldPath(operator.path);
    if (operator.kind === 'computed') addPath(tree, path, operator.compute);
    else {
      changes.push({ path, change: operator.change });
      if (including) addPath(tree, path);
      else checkCollision(tree, path);
    }
  }
  const idIsOwn =
    computed.some(([path]) => path === '_id' || path.startsWith('_id.')) ||
    fields.some(([path]) => path.startsWith('_id.'));
  if (including ? idFlag !== false && !idIsOwn : idFlag === false) addPath(tree, ['_id']);
  return (scope) => {
    const doc = scope.root as Doc;
    const kept = including ? include(doc, tree) : exclude(doc, tree);
    applyComputed(kept, tree, scope);
    for (const { path, change } of changes) changeArrays(kept, path, (values) => change(values, doc));
    return kept;
  };
}

/** A path that changes an array and is not chosen must not be within another one, nor the other way round. */
function checkCollision(tree: Node, path: readonly string[]): void {
  let node: Node | undefined = tree;
  for (const [i, part] of path.entries()) {
    const last = i === path.length - 1;
    if (node?.chosen.has(part) || (last && node?.children.has(part)))
      throw new MongoError(31249, `Path collision at ${path.join('.')}`);
    node = node?.children.get(part);
  }
}

function checkMixture({ flags, computed }: Entries, including: boolean): void {
  const mixed = flags.find(([path, included]) => path !== '_id' && included !== including);
  if (mixed && including)
    throw new MongoError(31254, `Cannot do exclusion on field ${mixed[0]} in inclusion projection`);
  if (mixed) throw new MongoError(31253, `Cannot do inclusion on field ${mixed[0]} in exclusion projection`);
  if (!including && computed[0])
    throw new MongoError(31252, `Cannot use expression other than $meta in exclusion projection: ${computed[0][0]}`);
}

function read(spec: Doc, prefix: string, entries: Entries, compilation: Compilation, extras: Extras): void {
  for (const [name, value] of Object.entries(spec)) {
    const path = `${prefix}${name}`;
    const operator = extras.operator(path, value);
    if (operator) entries.operators.push(operator);
    else if (isFlag(value)) entries.flags.push([path, value === true || (value !== false && toNumber(value) !== 0)]);
    else if (!isDoc(value) || Object.keys(value)[0]?.startsWith('$')) {
      if (isDoc(value) && isTextScore(value)) entries.operators.push(scoreAt(path));
      else entries.computed.push([path, compileExpression(value, compilation)]);
    } else if (Object.keys(value).length === 0) {
      throw new MongoError(51270, `An empty sub-projection is not a valid value. Found empty object at path ${path}`);
    } else read(value, `${path}.`, entries, compilation, extras);
  }
}

function isFlag(value: unknown): boolean {
  return typeof value === 'boolean' || (typeof value !== 'string' && !Number.isNaN(toNumber(value)));
}

function scoreAt(path: string): FindOperator {
  return { kind: 'computed', path, compute: ({ variables }) => variables[SCORE], selects: false };
}

function findOperator(path: string, value: unknown, filter: Doc, evaluation: Evaluation): FindOperator | undefined {
  if (path.endsWith('.$')) {
    const change: ArrayChange = (values, doc) => positional(values, matchedIndex(doc, filter, evaluation));
    return { kind: 'array', path: path.slice(0, -2), change, selects: true };
  }
  if (!isDoc(value)) return undefined;
  const slice = value['$slice'];
  const arguments_ = Array.isArray(slice) ? slice : [slice];
  if ('$slice' in value && arguments_.every((argument) => !Number.isNaN(toNumber(argument))))
    return { kind: 'array', path, change: slicing(arguments_.map(toNumber)), selects: false };
  if (!('$elemMatch' in value)) return undefined;
  if (path.includes('.')) throw new MongoError(31275, 'Cannot use $elemMatch projection on a nested field');
  return { kind: 'computed', path, compute: firstMatch(path, value['$elemMatch'], evaluation), selects: true };
}

function positional(values: unknown[], index: number | undefined): unknown[] {
  if (index === undefined)
    throw new MongoError(51246, "positional operator '.$' couldn't find a matching element in the array");
  return values.slice(index, index + 1);
}

function slicing([first, count, ...rest]: number[]): ArrayChange {
  const valid =
    rest.length === 0 && Number.isInteger(first) && (count === undefined || (Number.isInteger(count) && count > 0));
  if (!valid || first === undefined) throw new MongoError(2, 'Invalid $slice syntax');
  if (count === undefined) return (values) => (first < 0 ? values.slice(first) : values.slice(0, first));
  return (values) => {
    const start = first < 0 ? Math.max(values.length + first, 0) : first;
    return values.slice(start, start + count);
  };
}

function firstMatch(path: string, criteria: unknown, evaluation: Evaluation): Expression {
  if (!isDoc(criteria)) throw new MongoError(2, '$elemMatch needs an Object');
  const matches = matcher({ values: { $elemMatch: criteria } }, evaluation);
  return ({ root }) => {
    const values = (root as Doc)[path];
    const hit = Array.isArray(values) ? (values as unknown[]).find((item) => matches({ values: [item] })) : undefined;
    return hit === undefined ? undefined : [hit];
  };
}

/** Changes the arrays at a path, also those within the documents of other arrays. */
function changeArrays(value: unknown, path: readonly string[], change: (values: unknown[]) => unknown[]): void {
  if (Array.isArray(value)) return value.forEach((item) => changeArrays(item, path, change));
  if (!isDoc(value)) return;
  const [name = '', ...rest] = path;
  const inner = value[name];
  if (rest.length > 0) changeArrays(inner, rest, change);
  else if (Array.isArray(inner)) put(value, name, change(inner));
}
