import { Double } from 'bson';
import { Aggregator } from 'mingo/aggregator';
import { decode, encode, isDoc, decodeTyped, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { mingoOptions, matcher } from './filter.js';
import { toNumber } from './numbers.js';
import { isTextScore } from './sort.js';

/** Turns a stored document into what a projection leaves of it. */
export type Projector = (raw: Buffer, textScore?: number) => Uint8Array;

type Node = Map<string, Node | true>;
interface ArrayOperator {
  path: string[];
  apply: (values: unknown[]) => unknown[] | undefined;
}

/**
 * Compiles a projection; undefined leaves documents as they are.
 * @throws MongoError 31249, 31253 or 31254 when fields are both taken in and left out, or paths collide
 */
export function projector(spec: Doc | undefined): Projector | undefined {
  const all = Object.entries(spec ?? {});
  if (all.length === 0) return undefined;
  const scores = all.filter(([, value]) => isTextScore(value)).map(([path]) => path);
  if (scores.length > 0) {
    // The score is added to whole documents, as `$meta` alone does not choose fields.
    const inner = projector(Object.fromEntries(all.filter(([path]) => !scores.includes(path))));
    return (raw, textScore) => {
      const doc = decodeTyped(Buffer.from(inner ? inner(raw) : raw));
      for (const path of scores) doc[path] = new Double(textScore ?? 0);
      return encode(doc);
    };
  }
  const entries = all;
  const operators: ArrayOperator[] = [];
  const flags: [string, boolean][] = [];
  for (const [path, value] of entries) {
    if (path.endsWith('.$'))
      throw new MongoError(238, 'the positional projection operator is not supported by this server');
    const operator = isDoc(value) ? arrayOperator(path, value) : undefined;
    if (operator) operators.push(operator);
    else if (isFlag(value)) flags.push([path, value === true || (value !== false && toNumber(value) !== 0)]);
    else return expressions(spec ?? {});
  }
  const fields = flags.filter(([path]) => path !== '_id');
  const including =
    fields[0]?.[1] ?? (flags[0]?.[1] === true || operators.some((operator) => operator.path.at(-1) === '$elemMatch'));
  const mixed = fields.find(([, flag]) => flag !== including);
  if (mixed) {
    throw including
      ? new MongoError(31254, `Cannot do exclusion on field ${mixed[0]} in inclusion projection`)
      : new MongoError(31253, `Cannot do inclusion on field ${mixed[0]} in exclusion projection`);
  }
  const idFlag = flags.find(([path]) => path === '_id')?.[1];
  const tree = treeOf(fields.map(([path]) => path));
  if (including) {
    for (const { path } of operators)
      addPath(
        tree,
        path.filter((part) => !part.startsWith('$')),
      );
    if (idFlag !== false) tree.set('_id', true);
  } else if (idFlag === false) tree.set('_id', true);
  return (raw) => {
    const doc = decodeTyped(raw);
    const kept = including ? include(doc, tree) : exclude(doc, tree);
    for (const operator of operators)
      applyTo(
        kept,
        operator.path.filter((part) => !part.startsWith('$')),
        operator.apply,
      );
    return encode(kept);
  };
}

function isFlag(value: unknown): boolean {
  return typeof value === 'boolean' || !Number.isNaN(toNumber(value));
}

function arrayOperator(path: string, value: Doc): ArrayOperator | undefined {
  if ('$slice' in value) {
    const argument = value['$slice'];
    const [first, count] = Array.isArray(argument) ? argument.map(toNumber) : [undefined, toNumber(argument)];
    if (count === undefined || !Number.isInteger(count) || (first !== undefined && count <= 0)) {
      throw new MongoError(2, 'Invalid $slice syntax');
    }
    return { path: [...path.split('.'), '$slice'], apply: (values) => slice(values, first, count) };
  }
  if ('$elemMatch' in value) {
    const criteria = value['$elemMatch'];
    if (!isDoc(criteria)) throw new MongoError(2, '$elemMatch needs an Object');
    const matches = matcher({ values: { $elemMatch: criteria } });
    const first = (values: unknown[]): unknown[] | undefined => {
      const hit = values.find((item) => matches({ values: [item] }));
      return hit === undefined ? undefined : [hit];
    };
    return { path: [...path.split('.'), '$elemMatch'], apply: first };
  }
  return undefined;
}

function slice(values: unknown[], first: number | undefined, count: number): unknown[] {
  if (first === undefined) return count < 0 ? values.slice(count) : values.slice(0, count);
  const start = first < 0 ? Math.max(values.length + first, 0) : first;
  return values.slice(start, start + count);
}

function treeOf(paths: readonly string[]): Node {
  const tree: Node = new Map();
  for (const path of paths) addPath(tree, path.split('.'));
  return tree;
}

function addPath(tree: Node, parts: readonly string[]): void {
  let node = tree;
  parts.forEach((part, i) => {
    const next = node.get(part);
    if (i === parts.length - 1) {
      if (next instanceof Map) throw new MongoError(31249, `Path collision at ${parts.join('.')}`);
      node.set(part, true);
    } else if (next === true) {
      throw new MongoError(
        31249,
        `Path collision at ${parts.join('.')} remaining portion ${parts.slice(i + 1).join('.')}`,
      );
    } else {
      const child = next ?? new Map<string, Node | true>();
      node.set(part, child);
      node = child;
    }
  });
}

function include(doc: Doc, tree: Node): Doc {
  const kept: Doc = {};
  for (const [name, value] of Object.entries(doc)) {
    const node = tree.get(name);
    if (node === true) kept[name] = value;
    else if (node && isDoc(value)) kept[name] = include(value, node);
    else if (node && Array.isArray(value)) kept[name] = includeEach(value, node);
  }
  return kept;
}

function includeEach(values: unknown[], node: Node): unknown[] {
  return values.flatMap((item): unknown[] => {
    if (isDoc(item)) return [include(item, node)];
    return Array.isArray(item) ? [includeEach(item, node)] : [];
  });
}

function exclude(doc: Doc, tree: Node): Doc {
  const kept: Doc = {};
  for (const [name, value] of Object.entries(doc)) {
    const node = tree.get(name);
    if (node !== true) kept[name] = node ? excludeWithin(value, node) : value;
  }
  return kept;
}

function excludeWithin(value: unknown, node: Node): unknown {
  if (isDoc(value)) return exclude(value, node);
  return Array.isArray(value) ? value.map((item) => excludeWithin(item, node)) : value;
}

function applyTo(value: unknown, path: readonly string[], apply: ArrayOperator['apply']): void {
  if (Array.isArray(value)) return value.forEach((item) => applyTo(item, path, apply));
  if (!isDoc(value)) return;
  const [name = '', ...rest] = path;
  const inner = value[name];
  if (rest.length > 0) return applyTo(inner, rest, apply);
  if (!Array.isArray(inner)) return;
  const result = apply(inner);
  if (result === undefined) delete value[name];
  else value[name] = result;
}

/** Projections that compute are those of `$project`. */
function expressions(spec: Doc): Projector {
  const aggregator = new Aggregator([{ $project: spec }], mingoOptions());
  return (raw) => encode(aggregator.run<Doc>([decode(raw)])[0] ?? {});
}
