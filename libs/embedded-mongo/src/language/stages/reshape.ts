import { Long } from 'bson';
import { isDoc, put, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { compileExpression, scopeOf, type Expression, type Scope } from '../expression.js';
import { fieldPath, isNewPath, noPaths, type SeparatePaths } from '../paths.js';
import { compileProjection } from '../projection.js';
import { addPath, exclude, newNode, withComputed, type Node } from '../projection-tree.js';
import { typeName } from '../values/bson-types.js';
import { nameOf } from '../expressions/operator.js';
import { computing, documentArgument, stageArguments, type PipelineContext, type StageCompiler } from './stage.js';

const $project: StageCompiler = (argument, context, name) => {
  const project = compileProjection(documentArgument(argument, name, 15969), context);
  return function* (documents) {
    for (const doc of documents) yield project(scopeOf(doc, context.variables));
  };
};

const $addFields: StageCompiler = (argument, context, name) => {
  const spec = documentArgument(argument, name, 40272);
  checkFields(spec, '', noPaths(), name);
  const tree = newNode();
  readFields(spec, [], tree, context);
  return function* (documents) {
    for (const doc of documents) yield withComputed(doc, tree, scopeOf(doc, context.variables));
  };
};

/** Whether a value is a document of further fields to set; an operator and an empty document are values themselves. */
function holdsFields(value: unknown): value is Doc {
  return isDoc(value) && Object.keys(value)[0]?.startsWith('$') === false;
}

/**
 * Checks the fields of `$addFields`.
 * @throws MongoError 40176 for a path within another one, 40181 for an operator beside other fields, 40183 for a dotted path
 *   within a document
 */
function checkFields(spec: Doc, prefix: string, paths: SeparatePaths, name: string): void {
  const wrong = (code: number, why: string): MongoError =>
    new MongoError(code, `Invalid ${name} :: caused by :: ${why}`);
  for (const [field, value] of Object.entries(spec)) {
    if (prefix !== '' && field.includes('.'))
      throw wrong(40183, `cannot use dotted field name '${field}' in a sub object`);
    const path = `${prefix}${field}`;
    const fields = isDoc(value) ? Object.keys(value) : [];
    if (fields.length > 1 && fields.some((inner) => inner.startsWith('$')))
      throw wrong(
        40181,
        `an expression specification must contain exactly one field, the name of the expression: ${path}`,
      );
    if (holdsFields(value)) checkFields(value, `${path}.`, paths, name);
    else if (!isNewPath(path, paths)) throw wrong(40176, `specification contains two conflicting paths: ${path}`);
  }
}

/** Documents that hold no operator say the same as dotted paths. */
function readFields(spec: Doc, prefix: readonly string[], tree: Node, context: PipelineContext): void {
  for (const [name, value] of Object.entries(spec)) {
    const path = [...prefix, ...fieldPath(name)];
    if (holdsFields(value)) readFields(value, path, tree, context);
    else addPath(tree, path, compileExpression(value, context));
  }
}

const $unset: StageCompiler = (argument) => {
  const paths: unknown[] = Array.isArray(argument) ? argument : [argument];
  if (paths.length === 0)
    throw new MongoError(31119, '$unset specification must be a string or an array with at least one field');
  const tree = newNode();
  for (const path of paths) {
    if (typeof path !== 'string')
      throw new MongoError(
        Array.isArray(argument) ? 31120 : 31002,
        '$unset specification must be a string or an array containing only string values',
      );
    addPath(tree, fieldPath(path));
  }
  return function* (documents) {
    for (const doc of documents) yield exclude(doc, tree);
  };
};

const $replaceWith: StageCompiler = (argument, context) => {
  const compute = computing(argument, context);
  return function* (documents) {
    for (const doc of documents) {
      const value = compute(doc);
      if (!isDoc(value))
        throw new MongoError(
          40228,
          `'newRoot' expression must evaluate to an object, but resulting value was of type ${nameOf(value)}`,
        );
      yield value;
    }
  };
};

const $replaceRoot: StageCompiler = (argument, context, name) => {
  const { newRoot } = stageArguments(argument, name, ['newRoot'], [], {
    notObject: 40229,
    unknown: 40415,
    missing: 40414,
  });
  return $replaceWith(newRoot, context, name);
};

/** What the expression of `$redact` answers. */
const REDACTIONS = { DESCEND: 'descend', PRUNE: 'prune', KEEP: 'keep' };

const $redact: StageCompiler = (argument, context) => {
  const known = new Set([...context.known, ...Object.keys(REDACTIONS)]);
  const decide = compileExpression(argument, { ordering: context.ordering, known });
  const variables = { ...context.variables, ...REDACTIONS };
  return function* (documents) {
    for (const doc of documents) {
      const left = redacted(decide, { root: doc, current: doc, variables });
      if (left !== undefined) yield left as Doc;
    }
  };
};

/** What is left of a document, or of a document within it: it stands in `$$CURRENT`. */
function redacted(decide: Expression, scope: Scope): unknown {
  const decision = decide(scope);
  if (decision === 'keep') return scope.current;
  if (decision === 'prune') return undefined;
  if (decision !== 'descend')
    throw new MongoError(
      17053,
      "$redact's expression should not return anything aside from the variables $$KEEP, $$DESCEND, and $$PRUNE",
    );
  const left: Doc = {};
  for (const [name, value] of Object.entries(scope.current as Doc)) {
    const inner = redactedWithin(decide, scope, value);
    if (inner !== undefined) put(left, name, inner);
  }
  return left;
}

function redactedWithin(decide: Expression, scope: Scope, value: unknown): unknown {
  if (isDoc(value)) return redacted(decide, { ...scope, current: value });
  if (!Array.isArray(value)) return value;
  return value.map((item: unknown) => redactedWithin(decide, scope, item)).filter((item) => item !== undefined);
}

const $unwind: StageCompiler = (argument, _context, name) => {
  const args = typeof argument === 'string' ? { path: argument } : documentArgument(argument, name, 15981);
  for (const [option, value] of Object.entries(args)) checkUnwinding(option, value);
  const { path = '', includeArrayIndex, preserveNullAndEmptyArrays: keeps = false } = args as Unwinding;
  if (path === '') throw new MongoError(28812, 'no path specified to $unwind stage');
  if (!path.startsWith('$'))
    throw new MongoError(28818, `path option to $unwind stage should be prefixed with a '$': ${path}`);
  const indexPath = includeArrayIndex === undefined ? undefined : fieldPath(includeArrayIndex);
  const parts = fieldPath(path.slice(1));
  return function* (documents) {
    for (const doc of documents) {
      const value = within(doc, parts);
      const set = (item: unknown, index: number | null): Doc => {
        const changed = item === value ? doc : withValue(doc, parts, item);
        return indexPath ? withValue(changed, indexPath, index === null ? null : Long.fromNumber(index)) : changed;
      };
      if (!Array.isArray(value)) {
        if (keeps || (value !== null && value !== undefined)) yield set(value, null);
      } else if (value.length === 0) {
        if (keeps) yield set(undefined, null);
      } else for (const [index, item] of value.entries()) yield set(item, index);
    }
  };
};

interface Unwinding {
  readonly path?: string;
  readonly includeArrayIndex?: string;
  readonly preserveNullAndEmptyArrays?: boolean;
}

/** Checks one option of `$unwind`; they are read in their order. */
function checkUnwinding(option: string, value: unknown): void {
  const wrong = (code: number, expected: string): MongoError =>
    new MongoError(code, `expected ${expected} $unwind stage, got ${typeName(value)}`);
  if (option === 'path') {
    if (typeof value !== 'string') throw wrong(28808, 'a string as the path for');
  } else if (option === 'preserveNullAndEmptyArrays') {
    if (typeof value !== 'boolean') throw wrong(28809, 'a boolean for the preserveNullAndEmptyArrays option to');
  } else if (option === 'includeArrayIndex') {
    if (typeof value !== 'string' || value === '')
      throw wrong(28810, 'a non-empty string for the includeArrayIndex option to');
    if (value.startsWith('$'))
      throw new MongoError(
        28822,
        `includeArrayIndex option to $unwind stage should not be prefixed with a '$': ${value}`,
      );
  } else throw new MongoError(28811, `unrecognized option to $unwind stage: ${option}`);
}

/** The value at a path through documents only. */
export function within(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return value;
  return isDoc(value) && Object.hasOwn(value, name) ? within(value[name], rest) : undefined;
}

/** A document with another value at a path, or with none there. */
export function withValue(doc: Doc, [name = '', ...rest]: readonly string[], value: unknown): Doc {
  const changed = { ...doc };
  const inner = rest.length > 0 ? withValue(isDoc(doc[name]) ? doc[name] : {}, rest, value) : value;
  if (inner === undefined) delete changed[name];
  else put(changed, name, inner);
  return changed;
}

/** Stages that make another document of each. */
export const RESHAPING: Readonly<Record<string, StageCompiler>> = {
  $addFields,
  $project,
  $redact,
  $replaceRoot,
  $replaceWith,
  $set: $addFields,
  $unset,
  $unwind,
};
