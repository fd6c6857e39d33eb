import { isDoc, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { typeName } from '../values/bson-types.js';
import { checkChangedName, checkNames } from '../field-names.js';
import type { Evaluation } from '../filters/filter.js';
import type { Test } from '../filters/operators.js';
import { BINARY, equalValues } from '../values/ordering.js';
import { NO_OTHERS, isStage, runPipeline } from '../pipeline.js';
import { show } from '../values/show.js';
import { withTimestamps } from '../values/timestamps.js';
import { clone, CREATING, UPDATE_OPERATORS, type Change } from './update-operators.js';
import {
  checkConflicts,
  checkPlaces,
  checkPositions,
  comparePaths,
  idIn,
  numberedPaths,
  partsOf,
  placeAt,
  type Positions,
  type Way,
} from './update-paths.js';
import { filtersByIdentifier, matchedIndex } from './update-positions.js';

/** A compiled update: gives the new version of a document and leaves the old one as it is. */
export interface Update {
  /** Replaces whole documents, so that it may not change several. */
  readonly replaces: boolean;
  /** Counts as a change also of a document that is the same afterwards. */
  readonly always?: boolean;
  /** @param inserting the document is new, so that `$setOnInsert` applies */
  apply(before: Doc, options: { inserting: boolean; filter: Doc }): Doc;
}

const PIPELINE_STAGES = new Set(['$set', '$addFields', '$unset', '$project', '$replaceRoot', '$replaceWith']);

/**
 * Compiles an update document, replacement or pipeline, all with the types of their numbers.
 * @throws MongoError 9, 14, 40, 72, 40323 or 40324 for what is no update, 224 for `$expr` where it may not be
 */
export function compileUpdate(update: unknown, arrayFilters: readonly Doc[] = [], evaluation: Evaluation = {}): Update {
  if (Array.isArray(update)) {
    if (arrayFilters.length > 0)
      throw new MongoError(9, 'arrayFilters may not be specified for pipeline-style updates');
    return pipelineUpdate(update as Doc[], evaluation);
  }
  if (!isDoc(update)) throw new MongoError(9, 'Update argument must be either an object or an array');
  const names = Object.keys(update);
  const filters = filtersByIdentifier(arrayFilters, evaluation);
  // A replacement has no use for filters, which are checked nevertheless.
  return names[0]?.startsWith('$') ? operatorUpdate(update, filters, evaluation) : replacement(update);
}

/** Without an `_id` it is compared without one, so that it always differs from what is stored. */
function replacement(given: Doc): Update {
  return {
    replaces: true,
    always: !('_id' in given),
    apply: (before, { inserting }) => {
      const { _id = before['_id'], ...fields } = withTimestamps(given);
      checkSameId(before, _id, altered);
      if (!inserting) checkNames(fields);
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
  checkPositions(update, paths, filters);
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
        .map((item) => ({ ...item, places: item.target ? [] : numberedPaths(after, item.path, positions) }));
      if (mayMeet) checkPlaces(due.flatMap(({ places }) => places));
      for (const { name, path, target, change, places } of due) {
        if (target !== undefined) rename(after, path, target);
        for (const at of places) {
          const place = placeAt(after, at, wayOf(name));
          if (place) change?.(place, before);
        }
        if (name === '$unset' || inserting) continue;
        for (const at of target === undefined ? places : [target]) checkChangedName(before, after, at);
      }
      const changesId = paths.find((path) => path === '_id' || path.startsWith('_id.')) ?? '_id';
      checkSameId(
        before,
        after['_id'],
        () => `Performing an update on the path '${changesId}' would modify the immutable field '_id'`,
      );
      return after;
    },
  };
}

const wayOf = (name: string): Way => (CREATING.has(name) ? 'make' : name === '$unset' ? 'pass' : 'refuse');

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
      `Modifiers operate on fields but we found type ${typeName(fields)} instead. For example: {$mod: {<field>: ...}} not {${name}: ${show(fields)}}`,
    );
  return Object.entries(fields).map(([path, argument]) =>
    operator
      ? { name, path, change: operator(argument, path, ordering) }
      : { name, path, target: renameTarget(path, argument) },
  );
}

function renameTarget(path: string, target: unknown): string {
  const given = `${path}: ${show(target)}`;
  if (typeof target !== 'string') throw new MongoError(2, `The 'to' field for $rename must be a string: ${given}`);
  partsOf(path);
  partsOf(target);
  if (path === target) throw new MongoError(2, `The source and target field for $rename must differ: ${given}`);
  if (path.startsWith(`${target}.`) || target.startsWith(`${path}.`))
    throw new MongoError(2, `The source and target field for $rename must not be on the same path: ${given}`);
  for (const [side, name] of [
    ['source', path],
    ['destination', target],
  ] as const)
    if (partsOf(name).some((part) => /^\$(\[.*\])?$/.test(part)))
      throw new MongoError(2, `The ${side} field for $rename may not be dynamic: ${name}`);
  return target;
}

function rename(doc: Doc, path: string, target: string): void {
  const place = placeAt(doc, path, 'refuse');
  const value = place?.get();
  if (value === undefined) return;
  checkNoArray(doc, path, 'source');
  checkNoArray(doc, target, 'destination');
  place?.unset();
  placeAt(doc, target, 'make')?.set(value);
}

function checkNoArray(doc: Doc, path: string, side: string): void {
  let [value, name]: [unknown, string] = [doc, ''];
  for (const part of path.split('.')) {
    if (Array.isArray(value))
      throw new MongoError(
        2,
        `The ${side} field cannot be an array element, '${path}' in doc with ${idIn(doc)} has an array field called '${name}'`,
      );
    if (!isDoc(value)) return;
    [value, name] = [value[part], part];
  }
}

function pipelineUpdate(stages: readonly Doc[], evaluation: Evaluation): Update {
  for (const stage of stages) {
    if (!isDoc(stage)) throw new MongoError(14, "Each element of the 'pipeline' array must be an object");
    const [name = '', ...others] = Object.keys(stage);
    if (name === '' || others.length > 0)
      throw new MongoError(40323, 'A pipeline stage specification object must contain exactly one field.');
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
      checkSameId(before, _id, altered);
      return _id === undefined ? fields : { _id, ...fields };
    },
  };
}

function checkSameId(before: Doc, id: unknown, refusal: (id: unknown) => string): void {
  if (before['_id'] !== undefined && !equalValues(before['_id'], id)) throw new MongoError(66, refusal(id));
}

const altered = (id: unknown): string =>
  `After applying the update, the (immutable) field '_id' was found to have been altered to _id: ${show(id)}`;
