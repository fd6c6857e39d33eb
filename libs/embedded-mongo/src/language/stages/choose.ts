import { Decimal128 } from 'bson';
import { isDoc, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { isLong, isNumeric } from '../values/arithmetic.js';
import { matcher } from '../filters/filter.js';
import { nearestWhole, toNumber } from '../values/numbers.js';
import { fieldPath } from '../paths.js';
import { show } from '../values/show.js';
import { checkOrder, sortFields, sorterOf } from '../sort.js';
import { withoutText } from '../filters/text.js';
import { computing, documentArgument, stageArguments, type StageCompiler } from './stage.js';

const $match: StageCompiler = (argument, { ordering, variables }, name) => {
  const filter = documentArgument(argument, name, 15959);
  if (withoutText(filter).search)
    throw new MongoError(17313, '$match with $text is only allowed as the first pipeline stage');
  const matches = matcher(filter, { ordering, variables });
  return function* (documents) {
    for (const doc of documents) if (matches(doc)) yield doc;
  };
};

/** How many documents `$limit` or `$skip` is about. */
function countIn(argument: unknown, name: string, code: number): number {
  const wrong = whyNoCount(argument);
  if (wrong !== undefined)
    throw new MongoError(code, `invalid argument to ${name} stage: ${wrong}: ${name}: ${show(argument)}`);
  return toNumber(argument);
}

/** What MongoDB says of a value that is no number of documents. */
function whyNoCount(argument: unknown): string | undefined {
  if (!isNumeric(argument)) return 'Expected a number in';
  const count = toNumber(argument);
  const isDecimal = argument instanceof Decimal128;
  if (Number.isNaN(count) && !isDecimal) return 'Expected an integer, but found NaN in';
  if (isLong(argument)) return count < 0 ? 'Expected a non-negative number in' : undefined;
  return isDecimal || Math.abs(count) >= 2 ** 63 ? 'Cannot represent as a 64-bit integer' : 'Expected an integer';
}

const $limit: StageCompiler = (argument, _context, name) => {
  const count = countIn(argument, name, 5107201);
  if (count === 0) throw new MongoError(15958, 'the limit must be positive');
  return function* (documents) {
    let left = count;
    for (const doc of documents) {
      yield doc;
      if (--left === 0) return;
    }
  };
};

const $skip: StageCompiler = (argument, _context, name) => {
  const count = countIn(argument, name, 5107200);
  return function* (documents) {
    let passed = 0;
    for (const doc of documents) if (passed++ >= count) yield doc;
  };
};

/** The documents in an order. */
export function sorted(documents: Iterable<Doc>, spec: Doc, ordering: Parameters<typeof sorterOf>[1]): Doc[] {
  const sorter = sorterOf(sortFields(spec), ordering);
  const keyed = Array.from(documents, (doc) => ({ key: sorter.keyOf(doc), doc }));
  return keyed.sort((a, b) => sorter.compare(a.key, b.key)).map(({ doc }) => doc);
}

const $sort: StageCompiler = (argument, { ordering }, name) => {
  const spec = documentArgument(argument, name, 15973);
  if (Object.keys(spec).length === 0) throw new MongoError(15976, '$sort stage must have at least one sort key');
  checkOrder(spec);
  for (const path of Object.keys(spec)) fieldPath(path);
  sortFields(spec);
  return (documents) => sorted(documents, spec, ordering);
};

const $sample: StageCompiler = (argument, _context, name) => {
  const { size } = stageArguments(argument, name, ['size'], [], { notObject: 28745, unknown: 28748, missing: 28749 });
  if (!isNumeric(size)) throw new MongoError(28746, 'size argument to $sample must be a number');
  const count = nearestWhole(size);
  if (!(count > 0)) throw new MongoError(28747, 'size argument to $sample must be a positive integer');
  return (documents) => {
    const all = [...documents];
    const chosen = Math.min(count, all.length);
    // The beginning of a shuffle: each place takes one of those that are left.
    for (let i = 0; i < chosen; i++) {
      const other = i + Math.floor(Math.random() * (all.length - i));
      [all[i], all[other]] = [all[other] as Doc, all[i] as Doc];
    }
    return all.slice(0, chosen);
  };
};

const $documents: StageCompiler = (argument, context) => {
  const all = documentsOf(argument, context);
  return () => all();
};

function documentsOf(argument: unknown, context: Parameters<StageCompiler>[1]): () => Doc[] {
  const compute = computing(argument, context);
  return () => {
    const value = compute({});
    if (!Array.isArray(value)) throw new MongoError(5858203, 'an array is expected in $documents');
    return (value as unknown[]).map((item) => {
      if (!isDoc(item)) throw new MongoError(40228, '$documents takes documents only');
      return item;
    });
  };
}

/** Stages that choose documents and put them in an order. */
export const CHOOSING: Readonly<Record<string, StageCompiler>> = { $documents, $limit, $match, $sample, $skip, $sort };
