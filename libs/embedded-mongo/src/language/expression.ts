import { isDoc, put, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { ARITHMETIC } from './expressions/arithmetic.js';
import { ARRAYS } from './expressions/arrays.js';
import { CONVERSIONS } from './expressions/conversions.js';
import { DATES } from './expressions/dates.js';
import { constant, folded } from './expressions/folding.js';
import { LOGIC } from './expressions/logic.js';
import { OBJECTS } from './expressions/objects.js';
import {
  refused,
  type Compilation,
  type Compiler,
  type Expression,
  type Operators,
  type Scope,
} from './expressions/operator.js';
import type { Ordering } from './values/ordering.js';
import { checkFieldName, fieldPath } from './paths.js';
import { SETS } from './expressions/sets.js';
import { STATISTICS } from './expressions/statistics.js';
import { STRINGS } from './expressions/strings.js';
import { SYSTEM_VARIABLES, checkName } from './expressions/variables.js';

export { isTrue, type Compilation, type Expression, type Scope } from './expressions/operator.js';

const OPERATORS: Operators = {
  ...ARITHMETIC,
  ...ARRAYS,
  ...CONVERSIONS,
  ...DATES,
  ...LOGIC,
  ...OBJECTS,
  ...SETS,
  ...STATISTICS,
  ...STRINGS,
  $expr: (argument, { expression }) => expression(argument),
  $accumulator: refused('is not supported: this server runs no JavaScript'),
  $function: refused('is not supported: this server runs no JavaScript'),
  $meta: refused("is supported as { $meta: 'textScore' } only"),
  $toHashedIndexKey: refused(),
};

/** Whether an operator of expressions has this name. */
export function isExpressionName(name: string): boolean {
  return Object.hasOwn(OPERATORS, name);
}

/** What an expression over one document is evaluated in. */
export function scopeOf(doc: Doc, variables: Doc): Scope {
  return { root: doc, current: doc, variables };
}

/**
 * Compiles an expression of aggregations: a path, a variable, an operator, a document or list of expressions, or a value
 * that stands for itself.
 * @throws MongoError 168 for an unknown operator, 17276 for an unknown variable, and each operator's own codes
 */
export function compileExpression(spec: unknown, compilation: Compilation): Expression {
  if (typeof spec === 'string') return spec.startsWith('$') ? reference(spec, compilation) : constant(spec);
  const compiler = compilerOf(compilation);
  if (Array.isArray(spec)) {
    const items = spec.map(compiler.expression);
    // An array has no holes: what is missing is null there.
    return folded((scope) => items.map((item) => item(scope) ?? null), items, compilation);
  }
  if (!isDoc(spec)) return constant(spec);
  const names = Object.keys(spec);
  const [name] = names;
  return name?.startsWith('$') ? operation(name, names.length, spec, compiler) : documentOf(spec, compiler);
}

/** Refuses every look into it. */
const NO_DOCUMENT = new Proxy<Doc>(
  {},
  {
    get: refuseLook,
    getOwnPropertyDescriptor: refuseLook,
    ownKeys: refuseLook,
  },
);

function refuseLook(): never {
  throw new MongoError(
    4890500,
    'Command let Expression tried to access a field, but this is not allowed because Command let expressions run before the query examines any documents.',
  );
}

/**
 * The value of an expression of `let`, which is computed before there is any document.
 * @throws MongoError 4890500 when it speaks of one
 */
export function valueWithoutDocument(spec: unknown, ordering: Ordering, variables: Doc): unknown {
  const compute = compileExpression(spec, { ordering, known: new Set(Object.keys(variables)) });
  return compute(scopeOf(NO_DOCUMENT, variables));
}

function compilerOf(compilation: Compilation): Compiler {
  const { ordering, known, folds = true } = compilation;
  return {
    ordering,
    known,
    folds,
    expression: (spec) => compileExpression(spec, compilation),
    within: (names) => compilerOf({ ordering, known: new Set([...known, ...names]), folds }),
    unasked: () => compilerOf({ ordering, known, folds: false }),
  };
}

function operation(name: string, count: number, spec: Doc, compiler: Compiler): Expression {
  if (count !== 1)
    throw new MongoError(
      15983,
      `an object representing an expression must have exactly one field: ${Object.keys(spec).join(', ')}`,
    );
  const operator = isExpressionName(name) ? OPERATORS[name] : undefined;
  if (!operator) throw new MongoError(168, `Unrecognized expression '${name}'`);
  return operator(spec[name], compiler, name);
}

function documentOf(spec: Doc, compiler: Compiler): Expression {
  const fields = Object.entries(spec).map(([name, value]) => {
    checkFieldName(name);
    return [name, compiler.expression(value)] as const;
  });
  const parts = fields.map(([, value]) => value);
  return folded(
    (scope) => {
      const result: Doc = {};
      for (const [name, compute] of fields) {
        const value = compute(scope);
        if (value !== undefined) put(result, name, value);
      }
      return result;
    },
    parts,
    compiler,
  );
}

/** The roles of a user where there are no users. */
const NO_ROLES: readonly unknown[] = [];

/** `$a.b`, `$$name` or `$$name.a.b`. */
function reference(text: string, { known }: Compilation): Expression {
  if (!text.startsWith('$$')) {
    if (text === '$') throw new MongoError(16872, "'$' by itself is not a valid FieldPath");
    const path = fieldPath(text.slice(1));
    return (scope) => valueAt(scope.current, path, 0);
  }
  const [name = '', ...path] = text.slice(2).split('.');
  checkName(name, /^[a-zA-Z\u0080-\uffff]/);
  if (path.length > 0) fieldPath(text.slice(2));
  if (name === 'ROOT') return (scope) => valueAt(scope.root, path, 0);
  if (name === 'CURRENT') return (scope) => valueAt(scope.current, path, 0);
  if (name === 'REMOVE') return constant(undefined);
  if (name === 'USER_ROLES') return () => valueAt(NO_ROLES, path, 0);
  if (name === 'CLUSTER_TIME' || name === 'NOW')
    return ({ variables }) => {
      if (name in variables) return valueAt(variables[name], path, 0);
      throw new MongoError(51144, `Builtin variable '$$${name}' is not available`);
    };
  if (!known.has(name) && !SYSTEM_VARIABLES.has(name))
    throw new MongoError(17276, `Use of undefined variable: ${name}`);
  return (scope) => valueAt(scope.variables[name], path, 0);
}

/** Follows a path as expressions do: over an array it gives the array of what its documents have there. */
export function valueAt(value: unknown, path: readonly string[], at = 0): unknown {
  const name = path[at];
  if (name === undefined) return value;
  if (isDoc(value)) return Object.hasOwn(value, name) ? valueAt(value[name], path, at + 1) : undefined;
  if (!Array.isArray(value)) return undefined;
  return value
    .filter(isDoc)
    .map((item) => valueAt(item, path, at))
    .filter((found) => found !== undefined);
}
