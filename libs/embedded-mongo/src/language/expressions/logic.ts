import { Int32 } from 'bson';
import { isDoc, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { checkVariableName } from './variables.js';
import {
  isNullish,
  isTrue,
  nameOf,
  namedArguments,
  unary,
  values,
  type Compiler,
  type Expression,
  type Operator,
  type Operators,
  type Scope,
} from './operator.js';

const compared = (accept: (order: number) => unknown): Operator =>
  values(2, 2, ([a, b], { compare }) => accept(compare(a, b)));

const list = (argument: unknown): unknown[] => (Array.isArray(argument) ? argument : [argument]);

const $and: Operator = (argument, { expression }) => {
  const clauses = list(argument).map(expression);
  return (scope) => clauses.every((clause) => isTrue(clause(scope)));
};

const $or: Operator = (argument, { expression }) => {
  const clauses = list(argument).map(expression);
  return (scope) => clauses.some((clause) => isTrue(clause(scope)));
};

const $cond: Operator = (argument, { expression }, name) => {
  let parts = argument;
  if (!Array.isArray(argument)) {
    const args = namedArguments(name, argument, ['if', 'then', 'else'], [], {
      notObject: 16020,
      unknown: 17083,
      missing: { if: 17080, then: 17081, else: 17082 },
    });
    parts = [args['if'], args['then'], args['else']];
  }
  const [test, yes, no, ...rest] = (parts as unknown[]).map(expression);
  if (!test || !yes || !no || rest.length > 0) {
    const count = (parts as unknown[]).length;
    throw new MongoError(16020, `Expression $cond takes exactly 3 arguments. ${count} were passed in.`);
  }
  return (scope) => (isTrue(test(scope)) ? yes(scope) : no(scope));
};

const $ifNull: Operator = (argument, { expression }) => {
  const choices = list(argument).map(expression);
  if (choices.length < 2) throw new MongoError(1257300, `$ifNull needs at least two arguments, had: ${choices.length}`);
  return (scope) => {
    let value: unknown;
    for (const choice of choices) {
      value = choice(scope);
      if (!isNullish(value)) break;
    }
    return value;
  };
};

const $switch: Operator = (argument, { expression }, name) => {
  if (!isDoc(argument))
    throw new MongoError(40060, `$switch requires an object as an argument, found: ${nameOf(argument)}`);
  const { branches = [], default: fallback } = namedArguments(name, argument, [], ['branches', 'default'], {
    notObject: 40060,
    unknown: 40067,
    missing: 40068,
  });
  if (!Array.isArray(branches))
    throw new MongoError(40061, `$switch expected an array for 'branches', found: ${nameOf(branches)}`);
  if (branches.length === 0) throw new MongoError(40068, '$switch requires at least one branch');
  const compiled = branches.map((branch: unknown) => {
    const { case: test, then } = namedArguments(`${name} branch`, branch, ['case', 'then'], [], {
      notObject: 40062,
      unknown: 40063,
      missing: { case: 40064, then: 40065 },
    });
    return { test: expression(test), then: expression(then) };
  });
  const otherwise: Expression =
    'default' in argument
      ? expression(fallback)
      : () => {
          throw new MongoError(
            40066,
            '$switch could not find a matching branch for an input, and no default was specified.',
          );
        };
  return (scope) => (compiled.find(({ test }) => isTrue(test(scope)))?.then ?? otherwise)(scope);
};

const $let: Operator = (argument, compiler, name) => {
  const args = namedArguments(name, argument, ['vars', 'in'], [], {
    notObject: 16874,
    unknown: 16875,
    missing: { vars: 16876, in: 16877 },
  });
  if (!isDoc(args['vars'])) throw new MongoError(10065, `invalid parameter: expected an object (vars)`);
  const variables = compileVariables(args['vars'], compiler);
  const body = compiler.within(Object.keys(args['vars'])).expression(args['in']);
  return (scope) => {
    const { CURRENT: current = scope.current, ...fresh } = variables(scope);
    return body({ root: scope.root, current, variables: { ...scope.variables, ...fresh } });
  };
};

/** Compiles a document of variables, each of which is computed without the others. */
function compileVariables(spec: Doc, { expression }: Compiler): (scope: Scope) => Doc {
  const compiled = Object.entries(spec).map(([variable, value]) => {
    if (variable !== 'CURRENT') checkVariableName(variable);
    return [variable, expression(value)] as const;
  });
  return (scope) => Object.fromEntries(compiled.map(([variable, value]) => [variable, value(scope)]));
}

const $literal: Operator = (argument) => () => argument;

/** Comparisons, conditions and variables. */
export const LOGIC: Operators = {
  $eq: compared((order) => order === 0),
  $ne: compared((order) => order !== 0),
  $gt: compared((order) => order > 0),
  $gte: compared((order) => order >= 0),
  $lt: compared((order) => order < 0),
  $lte: compared((order) => order <= 0),
  $cmp: compared((order) => new Int32(Math.sign(order))),
  $and,
  $or,
  $not: unary((value) => !isTrue(value)),
  $cond,
  $ifNull,
  $switch,
  $let,
  $literal,
  $const: $literal,
};
