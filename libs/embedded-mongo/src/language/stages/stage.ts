import { isDoc, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { typeName } from '../values/bson-types.js';
import { wrongType } from '../values/fields.js';
import { compileExpression, scopeOf, type Compilation } from '../expression.js';
import type { Evaluation } from '../filters/filter.js';
import { show } from '../values/show.js';
import type { Foreign } from './foreign.js';

/**
 * Gives the documents that have one of the values at a path, each once and in the order of their collection; undefined
 * where no index leads to them, and when to read all of them costs less.
 */
export type LookUp = (path: string, values: readonly unknown[]) => Doc[] | undefined;

/** The collections and views of the same database, as stages read them by their names. */
export interface Others {
  /** All documents of one. */
  all(this: void, name: string): Iterable<Doc>;
  /** The documents of one that a filter with `$text` finds, with their scores. */
  search(this: void, name: string, filter: Doc, evaluation: Evaluation): Iterable<Doc>;
  /** Begins to look for some documents of one. */
  lookUp(this: void, name: string): LookUp;
}

/** Where stages have nothing to read but their own documents. */
export const NO_OTHERS: Others = { all: () => [], search: () => [], lookUp: () => () => undefined };

/** Turns the documents that come in into those that go out, one by one where it can. */
export type Stage = (documents: Iterable<Doc>) => Iterable<Doc>;

/** A pipeline over another collection. */
export interface Reading {
  readonly stage: Stage;
  /** The filter that it begins with, where that is a text search: its stages go on with what that finds. */
  readonly search?: Doc;
}

/** What stages are compiled in. */
export interface PipelineContext extends Compilation {
  /** The values of variables, without dollars. */
  readonly variables: Doc;
  /** Whether a stage has but filters, orders and groups before it, which MongoDB plans and runs together with a group. */
  readonly leading: boolean;
  readonly others: Others;
  /** A collection or view as joins look among its documents; one for all stages of a run, also those within others. */
  readonly foreign: (this: void, name: string) => Foreign;
  /** Compiles the stages of a pipeline within a stage. */
  readonly pipeline: (this: void, stages: readonly Doc[], context: PipelineContext) => Stage;
  /** Compiles those of one that reads for itself; the scores of its own text search are not left in its documents. */
  readonly reading: (this: void, stages: readonly Doc[], context: PipelineContext) => Reading;
}

export type StageCompiler = (argument: unknown, context: PipelineContext, name: string) => Stage;

/** Compiles an expression into what it makes of a document. */
export function computing(spec: unknown, context: PipelineContext): (doc: Doc) => unknown {
  const compute = compileExpression(spec, context);
  return (doc) => compute(scopeOf(doc, context.variables));
}

/**
 * The value of an expression that is the same for all documents.
 * @throws MongoError with the code when it speaks of a document, or gives another value each time
 */
export function constantOf(spec: unknown, context: PipelineContext, code: number, what: string): unknown {
  if (!isConstant(spec, context.variables))
    throw new MongoError(code, `The ${what} must be constant, but found value: ${JSON.stringify(spec)}`);
  return computing(spec, context)({});
}

function isConstant(spec: unknown, variables: Doc): boolean {
  if (typeof spec === 'string') {
    if (!spec.startsWith('$')) return true;
    return spec.startsWith('$$') && Object.hasOwn(variables, spec.slice(2).split('.')[0] ?? '');
  }
  if (Array.isArray(spec)) return spec.every((item) => isConstant(item, variables));
  if (!isDoc(spec) || '$literal' in spec || '$const' in spec) return true;
  return !('$rand' in spec) && Object.values(spec).every((item) => isConstant(item, variables));
}

/** The context of stages that may use further variables. */
export function withVariables(context: PipelineContext, variables: Doc): PipelineContext {
  const known = new Set([...context.known, ...Object.keys(variables)]);
  return { ...context, known, variables: { ...context.variables, ...variables } };
}

/** @throws MongoError with the code when a stage's argument is no document */
export function documentArgument(argument: unknown, name: string, code: number): Doc {
  if (!isDoc(argument))
    throw new MongoError(code, `the ${name} stage specification must be an object, but found ${typeName(argument)}`);
  return argument;
}

/**
 * The arguments of a stage that has names for them.
 * @throws MongoError when it has others, or one of the required is missing
 */
export function stageArguments(
  argument: unknown,
  name: string,
  required: readonly string[],
  optional: readonly string[],
  codes: { readonly notObject: number; readonly unknown: number; readonly missing: number },
): Doc {
  const args = documentArgument(argument, name, codes.notObject);
  for (const field of Object.keys(args))
    if (!required.includes(field) && !optional.includes(field))
      throw new MongoError(codes.unknown, `unknown argument to ${name}: ${field}`);
  for (const field of required)
    if (args[field] === undefined) throw new MongoError(codes.missing, `${name} needs the argument '${field}'`);
  return args;
}

/** What MongoDB says of an argument that is no string, by the code of its refusal. */
const NO_STRING = {
  9: (name: string, field: string, value: unknown): string =>
    `${name} argument '${field}: ${show(value)}' must be a string, is type ${typeName(value)}`,
  14: (name: string, field: string, value: unknown): string => wrongType(name, field, 'string', value).message,
  40103: (_name: string, field: string, value: unknown): string =>
    `expected string as argument for ${field}, found: ${show(value)}`,
};

/** @throws MongoError 14, or 9 or 40103 where that is asked for, when an argument is no string */
export function textArgument(args: Doc, field: string, name: string, code: keyof typeof NO_STRING = 14): string {
  const value = args[field];
  if (typeof value !== 'string') throw new MongoError(code, NO_STRING[code](name, field, value));
  return value;
}
