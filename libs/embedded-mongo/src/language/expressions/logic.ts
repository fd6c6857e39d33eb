import { Int32 } from 'bson';
import { isDoc, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { constant, folded, isConstant, valueOf } from './folding.js';
import { checkSettable, within } from './variables.js';
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

/** Clauses of which one that is `decisive` decides; a constant that does so leaves the others unasked. */
const clauses =
  (decisive: boolean): Operator =>
  (argument, compiler) => {
    const all = list(argument).map(compiler.expression);
    const decides = (clause: Expression) => isTrue(valueOf(clause)) === decisive;
    if (all.some((clause) => isConstant(clause, compiler) && decides(clause))) return constant(decisive);
    const asked = all.filter((clause) => !isConstant(clause, compiler));
    return folded((scope) => asked.some((clause) => isTrue(clause(scope)) === decisive) === decisive, asked, compiler);
  };

const $cond: Operator = (argument, compiler, name) => {
  const { expression } = compiler;
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
  if (isConstant(test, compiler)) return isTrue(valueOf(test)) ? yes : no;
  return (scope) => (isTrue(test(scope)) ? yes(scope) : no(scope));
};

const $ifNull: Operator = (argument, compiler) => {
  const choices = list(argument).map(compiler.expression);
  if (choices.length < 2) throw new MongoError(1257300, `$ifNull needs at least two arguments, had: ${choices.length}`);
  const compute: Expression = (scope) => {
    let value: unknown;
    for (const choice of choices) {
      value = choice(scope);
      if (!isNullish(value)) break;
    }
    return value;
  };
  return folded(compute, choices, compiler);
};

const $switch: Operator = (argument, compiler, name) => {
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
  const asked: { test: Expression; then: Expression }[] = [];
  let certain: Expression | undefined;
  for (const branch of branches as unknown[]) {
    const { case: test, then } = namedArguments(`${name} branch`, branch, ['case', 'then'], [], {
      notObject: 40062,
      unknown: 40063,
      missing: { case: 40064, then: 40065 },
    });
    // Behind a case that is always true, and within one that never is, nothing is asked for.
    const unasked = compiler.unasked();
    const decides = (certain ? unasked : compiler).expression(test);
    const holds = !certain && (!isConstant(decides, compiler) || isTrue(valueOf(decides)));
    const result = (holds ? compiler : unasked).expression(then);
    if (holds && isConstant(decides, compiler)) certain = result;
    else if (holds) asked.push({ test: decides, then: result });
  }
  const last = 'default' in argument ? compiler.expression(fallback) : undefined;
  const otherwise = certain ?? last;
  if (asked.length === 0) {
    if (otherwise) return otherwise;
    throw new MongoError(
      40069,
      'Cannot execute a switch statement where all the cases evaluate to false without a default',
    );
  }
  return (scope) => (asked.find(({ test }) => isTrue(test(scope)))?.then ?? otherwise ?? noBranch)(scope);
};

const noBranch: Expression = () => {
  throw new MongoError(40066, '$switch could not find a matching branch for an input, and no default was specified.');
};

const $let: Operator = (argument, compiler, name) => {
  const args = namedArguments(name, argument, ['vars', 'in'], [], {
    notObject: 16874,
    unknown: 16875,
    missing: { vars: 16876, in: 16877 },
  });
  const { vars } = args;
  // An array is a document in BSON, of fields that no variable can be named as.
  if (!isDoc(vars) && !Array.isArray(vars)) throw new MongoError(10065, `invalid parameter: expected an object (vars)`);
  const variables = compileVariables(vars as Doc, compiler);
  const body = compiler.within(Object.keys(vars)).expression(args['in']);
  return (scope) => {
    const inner = within(scope);
    for (const [name, value] of variables(scope)) inner.set(name, value);
    return body(inner.scope);
  };
};

/** Compiles a document of variables, each of which is computed without the others. */
function compileVariables(spec: Doc, { expression }: Compiler): (scope: Scope) => [string, unknown][] {
  const compiled = Object.entries(spec).map(([variable, value]) => {
    checkSettable(variable);
    return [variable, expression(value)] as const;
  });
  return (scope) => compiled.map(([variable, value]) => [variable, value(scope)]);
}

const $literal: Operator = (argument) => constant(argument);

/** Comparisons, conditions and variables. */
export const LOGIC: Operators = {
  $eq: compared((order) => order === 0),
  $ne: compared((order) => order !== 0),
  $gt: compared((order) => order > 0),
  $gte: compared((order) => order >= 0),
  $lt: compared((order) => order < 0),
  $lte: compared((order) => order <= 0),
  $cmp: compared((order) => new Int32(Math.sign(order))),
  $and: clauses(false),
  $or: clauses(true),
  $not: unary((value) => !isTrue(value)),
  $cond,
  $ifNull,
  $switch,
  $let,
  $literal,
  $const: $literal,
};
