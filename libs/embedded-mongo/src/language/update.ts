import { ObjectId } from 'bson';
import { isDoc, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import type { Evaluation } from './filter.js';
import { holdsOperators, type Test } from './operators.js';
import { BINARY, equalValues } from './ordering.js';
import { NO_OTHERS, isStage, runPipeline } from './pipeline.js';
import { isRegExp } from './regex.js';
import { clone, CREATING, UPDATE_OPERATORS, type Change } from './update-operators.js';
import {
  checkConflicts,
  checkPlaces,
  checkPositions,
  comparePaths,
  numberedPaths,
  placeAt,
  type Positions,
} from './update-paths.js';
import { filtersByIdentifier, matchedIndex } from './update-positions.js';

/** A compiled update: gives the new version of a document and leaves the old one as it is. */
export interface Update {
  /** Replaces whole documents, so that it may not change several. */
  readonly replaces: boolean;
  /** @param inserting the document is new, so that `$setOnInsert` applies */
  apply(before: Doc, options: { inserting: boolean; filter: Doc }): Doc;
}

const PIPELINE_STAGES = new Set(['$set', '$addFields', '$unset', '$project', '$replaceRoot', '$replaceWith']);

/**
 * Compiles an update document, replacement or pipeline, all with the types of their numbers.
 * @throws MongoError 9, 40, 72 or 40324 for what is no update
 */
export function compileUpdate(update: unknown, arrayFilters: readonly Doc[] = [], evaluation: Evaluation = {}): Update {
  if (Array.isArray(update)) {
    if (arrayFilters.length > 0)
      throw new MongoError(9, 'arrayFilters may not be specified for pipeline-style updates');
    return pipelineUpdate(update as Doc[], evaluation);
  }
  if (!isDoc(update)) throw new MongoError(9, 'Update argument must be either an object or an array');
  const names = Object.keys(update);
  if (!names[0]?.startsWith('$')) {
    if (arrayFilters.length > 0)
      throw new MongoError(9, 'arrayFilters may not be specified for replacement-style updates');
    return replacement(update);
  }
  return operatorUpdate(update, filtersByIdentifier(arrayFilters, evaluation), evaluation);
}

function replacement(update: Doc): Update {
  const wrong = Object.keys(update).find((name) => name.startsWith('$'));
  if (wrong !== undefined)
    throw new MongoError(
      52,
      `The dollar ($) prefixed field '${wrong}' is not allowed in the context of an update's replacement document.`,
    );
  return {
    replaces: true,
    apply: (before) => {
      const { _id = before['_id'], ...fields } = update;
      checkSameId(before, _id);
      return _id === undefined ? { ...fields } : { _id, ...fields };
    },
  };
}

/** One operator on one path, ready for any document. */
interface Step {
  readonly name: string;
  readonly path: string;
  /** Where the field goes, for `$rename`. */
  readonly target?: string;
  readonly change?: Change;
}

function operatorUpdate(update: Doc, filters: ReadonlyMap<string, Test>, evaluation: Evaluation): Update {
  const steps = Object.entries(update).flatMap(([name, fields]) => stepsOf(name, fields, evaluation));
  const paths = steps.flatMap(({ path, target }) => (target === undefined ? [path] : [path, target]));
  checkPositions(paths, filters);
  checkConflicts(paths);
  // New fields are added in this order, whichever operators they come from.
  steps.sort((a, b) => comparePaths(a.target ?? a.path, b.target ?? b.path));
  const mayMeet = paths.length > 1 && paths.some((path) => path.includes('.$'));
  return {
    replaces: false,
    apply: (before, { inserting, filter }) => {
      const after = clone(before) as Doc;
      let found: { index: number | undefined } | undefined;
      const positions: Positions = {
        filters,
        get matched() {
          return (found ??= { index: matchedIndex(before, filter, evaluation, true) }).index;
        },
      };
      const due = steps
        .filter(({ name }) => name !== '$setOnInsert' || inserting)
        .map((item) => ({ ...item, places: item.target ? [] : numberedPaths(before, item.path, positions) }));
      if (mayMeet) checkPlaces(due.flatMap(({ places }) => places));
      for (const { name, path, target, change, places } of due) {
        if (target !== undefined) rename(after, path, target);
        for (const at of places) {
          const place = placeAt(after, at, CREATING.has(name));
          if (place) change?.(place);
        }
      }
      checkSameId(before, after['_id']);
      return after;
    },
  };
}

function stepsOf(name: string, fields: unknown, { ordering = BINARY }: Evaluation): Step[] {
  const operator = Object.hasOwn(UPDATE_OPERATORS, name) ? UPDATE_OPERATORS[name] : undefined;
  if (name !== '$rename' && !operator) {
    throw new MongoError(
      9,
      `Unknown modifier: ${name}. Expected a valid update modifier or pipeline-style update specified as an array`,
    );
  }
  if (!isDoc(fields))
    throw new MongoError(
      9,
      `Modifiers operate on fields but we found another type. For example: {$mod: {<field>: ...}} not {${name}: …}`,
    );
  return Object.entries(fields).map(([path, argument]) =>
    operator
      ? { name, path, change: operator(argument, path, ordering) }
      : { name, path, target: renameTarget(path, argument) },
  );
}

function renameTarget(path: string, target: unknown): string {
  if (typeof target !== 'string') throw new MongoError(2, `The 'to' field for $rename must be a string: ${path}`);
  if (path === target) throw new MongoError(2, `The source and target field for $rename must differ: ${path}`);
  if (path.startsWith(`${target}.`) || target.startsWith(`${path}.`))
    throw new MongoError(2, `The source and target field for $rename must not be on the same path: ${path}: ${target}`);
  for (const [side, name] of [
    ['source', path],
    ['destination', target],
  ] as const)
    if (/(^|\.)\$/.test(name)) throw new MongoError(2, `The ${side} field for $rename may not be dynamic: ${name}`);
  return target;
}

function rename(doc: Doc, path: string, target: string): void {
  checkNoArray(doc, path, 'source');
  const place = placeAt(doc, path, false);
  const value = place?.get();
  if (value === undefined) return;
  checkNoArray(doc, target, 'destination');
  place?.unset();
  placeAt(doc, target, true)?.set(value);
}

function checkNoArray(doc: Doc, path: string, side: string): void {
  let value: unknown = doc;
  for (const part of path.split('.')) {
    if (Array.isArray(value))
      throw new MongoError(2, `The ${side} field cannot be an array element, '${path}' leads through an array`);
    if (!isDoc(value)) return;
    value = value[part];
  }
}

function pipelineUpdate(stages: readonly Doc[], evaluation: Evaluation): Update {
  for (const stage of stages) {
    const [name = ''] = Object.keys(stage);
    if (!isStage(name)) throw new MongoError(40324, `Unrecognized pipeline stage name: '${name}'`);
    if (!PIPELINE_STAGES.has(name)) throw new MongoError(72, `${name} is not allowed to be used within an update`);
  }
  // What cannot be compiled is refused before any document is read.
  runPipeline([], stages, NO_OTHERS, evaluation);
  return {
    replaces: false,
    apply: (before) => {
      const [result = {}] = runPipeline([before], stages, NO_OTHERS, evaluation);
      const { _id = before['_id'], ...fields } = result;
      checkSameId(before, _id);
      return _id === undefined ? fields : { _id, ...fields };
    },
  };
}

function checkSameId(before: Doc, id: unknown): void {
  if (before['_id'] === undefined || equalValues(before['_id'], id)) return;
  throw new MongoError(66, `Performing an update on the path '_id' would modify the immutable field '_id'`);
}

/**
 * The document that an upsert begins with: what its filter asks to be equal, of which a replacement takes the `_id` only.
 * @throws MongoError 54 when it asks so twice of one field, 111 when a replacement has a part of an `_id`
 */
export function upsertBase(filter: Doc, replaces: boolean): Doc {
  const base: Doc = {};
  const known: string[] = [];
  for (const [path, value] of equalities(filter)) {
    if (replaces && path.startsWith('_id.'))
      throw new MongoError(111, `field at '_id' must be exactly specified, field at sub-path '${path}' found`);
    if (replaces && path !== '_id') continue;
    const other = known.find((one) => one === path || one.startsWith(`${path}.`) || path.startsWith(`${one}.`));
    if (other === path) throw new MongoError(54, `cannot infer query fields to set, path '${path}' is matched twice`);
    if (other !== undefined)
      throw new MongoError(54, `cannot infer query fields to set, both paths '${path}' and '${other}' are matched`);
    known.push(path);
    placeAt(base, path, true)?.set(value);
  }
  return base;
}

/** Paths and values of all that a filter asks to be equal: `$in` and `$or` do so when they have one choice only. */
function equalities(filter: Doc): [path: string, value: unknown][] {
  return Object.entries(filter).flatMap(([path, condition]): [string, unknown][] => {
    if (path === '$and' || (path === '$or' && Array.isArray(condition) && condition.length === 1))
      return (condition as Doc[]).flatMap(equalities);
    if (path.startsWith('$') || isRegExp(condition)) return [];
    if (!holdsOperators(condition)) return [[path, condition]];
    const { $eq, $in: list, $all: all } = condition;
    const values: unknown[] = $eq === undefined ? [] : [$eq];
    if (Array.isArray(list) && list.length === 1 && !isRegExp(list[0])) values.push(list[0]);
    if (Array.isArray(all))
      values.push(...(all as unknown[]).filter((item) => !isRegExp(item) && !holdsOperators(item)));
    return values.map((value) => [path, value]);
  });
}

/** The document with its `_id` in first place, and a new one when it has none. */
export function withId(doc: Doc): Doc {
  const { _id = new ObjectId(), ...fields } = doc;
  return { _id, ...fields };
}
