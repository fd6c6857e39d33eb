import { Aggregator } from 'mingo/aggregator';
import { ObjectId } from 'bson';
import { decode, encode, isDoc, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { matcher, mingoOptions, type Evaluation } from './filter.js';
import { type Test } from './operators.js';
import { BINARY, equalValues } from './ordering.js';
import { CREATING, UPDATE_OPERATORS } from './update-operators.js';
import { checkConflicts, placesOf, type Positions } from './update-paths.js';

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
 * @throws MongoError 9, 40 or 40324 for what is no update
 */
export function compileUpdate(update: unknown, arrayFilters: readonly Doc[] = [], evaluation: Evaluation = {}): Update {
  if (Array.isArray(update)) return pipelineUpdate(update as Doc[], evaluation);
  if (!isDoc(update)) throw new MongoError(9, 'Update argument must be either an object or an array');
  const names = Object.keys(update);
  if (!names.some((name) => name.startsWith('$'))) return replacement(update);
  return operatorUpdate(update, filtersByIdentifier(arrayFilters, evaluation), evaluation);
}

function replacement(update: Doc): Update {
  return {
    replaces: true,
    apply: (before) => {
      const { _id = before['_id'], ...fields } = update;
      checkSameId(before, _id);
      return _id === undefined ? { ...fields } : { _id, ...fields };
    },
  };
}

function operatorUpdate(update: Doc, filters: ReadonlyMap<string, Test>, evaluation: Evaluation): Update {
  const { ordering = BINARY } = evaluation;
  const steps: { name: string; path: string; argument: unknown }[] = [];
  for (const [name, fields] of Object.entries(update)) {
    if (name !== '$rename' && !UPDATE_OPERATORS[name]) {
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
    for (const [path, argument] of Object.entries(fields)) steps.push({ name, path, argument });
  }
  const targets = steps.filter((step) => step.name === '$rename').map((step) => String(step.argument));
  checkConflicts([...steps.map((step) => step.path), ...targets]);
  return {
    replaces: false,
    apply: (before, { inserting, filter }) => {
      const after = clone(before) as Doc;
      const positions: Positions = {
        filters,
        get matched() {
          return matchedIndex(before, filter, evaluation);
        },
      };
      for (const { name, path, argument } of steps) {
        if (name === '$setOnInsert' && !inserting) continue;
        if (name === '$rename') {
          rename(after, path, argument, positions);
          continue;
        }
        const operator = UPDATE_OPERATORS[name];
        for (const place of placesOf(after, path, positions, CREATING.has(name)))
          operator?.(place, clone(argument), path, ordering);
      }
      checkSameId(before, after['_id']);
      return after;
    },
  };
}

function rename(doc: Doc, path: string, target: unknown, positions: Positions): void {
  if (typeof target !== 'string') throw new MongoError(2, `The 'to' field for $rename must be a string: ${path}`);
  for (const place of placesOf(doc, path, positions, false)) {
    const value = place.get();
    if (value === undefined) continue;
    place.unset();
    for (const destination of placesOf(doc, target, positions, true)) destination.set(value);
  }
}

function pipelineUpdate(stages: readonly Doc[], evaluation: Evaluation): Update {
  for (const stage of stages) {
    const [name = ''] = Object.keys(stage);
    if (!PIPELINE_STAGES.has(name))
      throw new MongoError(40324, `Unrecognized pipeline stage name: '${name}' or not allowed within an update`);
  }
  const pipeline = stages.map((stage) => decode(encode(stage)));
  return {
    replaces: false,
    apply: (before) => {
      const aggregator = new Aggregator(pipeline, mingoOptions(evaluation));
      const result = aggregator.run<Doc>([decode(encode(before))])[0] ?? {};
      const { _id = before['_id'], ...fields } = retype(before, result) as Doc;
      checkSameId(before, _id);
      return _id === undefined ? fields : { _id, ...fields };
    },
  };
}

/** Where a computed value equals the former one, the former one with its BSON type stays. */
function retype(before: unknown, after: unknown): unknown {
  if (isDoc(before) && isDoc(after)) {
    return Object.fromEntries(Object.entries(after).map(([name, value]) => [name, retype(before[name], value)]));
  }
  if (Array.isArray(before) && Array.isArray(after)) return after.map((value, i) => retype(before[i], value));
  return before !== undefined && equalValues(before, after) ? before : after;
}

function checkSameId(before: Doc, id: unknown): void {
  if (before['_id'] === undefined || equalValues(before['_id'], id)) return;
  throw new MongoError(66, `Performing an update on the path '_id' would modify the immutable field '_id'`);
}

function filtersByIdentifier(arrayFilters: readonly Doc[], evaluation: Evaluation): ReadonlyMap<string, Test> {
  return new Map(
    arrayFilters.map((filter) => {
      const first = Object.keys(filter).find((name) => !name.startsWith('$')) ?? firstOfClauses(filter);
      const identifier = first?.split('.')[0];
      if (identifier === undefined)
        throw new MongoError(9, 'Cannot use an expression without a top-level field name in arrayFilters');
      return [identifier, matcher(filter, evaluation)] as const;
    }),
  );
}

function firstOfClauses(filter: Doc): string | undefined {
  const [clauses] = Object.values(filter);
  const [clause] = Array.isArray(clauses) ? (clauses as Doc[]) : [];
  return clause && Object.keys(clause)[0];
}

/** The array element that made the filter match, for the positional `$`. */
function matchedIndex(doc: Doc, filter: Doc, evaluation: Evaluation): number | undefined {
  for (const [path, condition] of Object.entries(filter)) {
    if (path === '$and' && Array.isArray(condition)) {
      for (const clause of condition as Doc[]) {
        const index = matchedIndex(doc, clause, evaluation);
        if (index !== undefined) return index;
      }
      continue;
    }
    const index = elementOf(doc, path, condition, evaluation);
    if (index !== undefined) return index;
  }
  return undefined;
}

function elementOf(doc: Doc, path: string, condition: unknown, evaluation: Evaluation): number | undefined {
  const parts = path.split('.');
  let value: unknown = doc;
  for (const [i, part] of parts.entries()) {
    if (Array.isArray(value)) return firstMatch(value, parts.slice(i).join('.'), condition, evaluation);
    value = isDoc(value) ? value[part] : undefined;
  }
  if (!Array.isArray(value)) return undefined;
  const criteria = isDoc(condition) && isDoc(condition['$elemMatch']) ? condition['$elemMatch'] : undefined;
  const onFields = criteria && !Object.keys(criteria)[0]?.startsWith('$');
  if (onFields) return found(value.findIndex((item) => isDoc(item) && matcher(criteria, evaluation)(item)));
  const matches = matcher({ value: criteria ?? condition }, evaluation);
  return found(value.findIndex((item: unknown) => matches({ value: item })));
}

function firstMatch(values: unknown[], rest: string, condition: unknown, evaluation: Evaluation): number | undefined {
  if (/^\d+$/.test(rest)) return undefined;
  const matches = matcher({ [rest]: condition }, evaluation);
  return found(values.findIndex((item) => isDoc(item) && matches(item)));
}

const found = (index: number): number | undefined => (index === -1 ? undefined : index);

/** The document that an upsert begins with: what its filter asks to be equal. */
export function upsertBase(filter: Doc): Doc {
  const base: Doc = {};
  const take = (conditions: Doc): void => {
    for (const [path, condition] of Object.entries(conditions)) {
      if (path === '$and' && Array.isArray(condition)) (condition as Doc[]).forEach(take);
      else if (!path.startsWith('$')) {
        const value = equality(condition);
        if (value !== undefined) placesOf(base, path, { matched: undefined, filters: new Map() }, true)[0]?.set(value);
      }
    }
  };
  take(filter);
  return base;
}

function equality(condition: unknown): unknown {
  if (!isDoc(condition) || !Object.keys(condition)[0]?.startsWith('$')) return condition;
  return condition['$eq'];
}

/** The document with its `_id` in first place, and a new one when it has none. */
export function withId(doc: Doc): Doc {
  const { _id = new ObjectId(), ...fields } = doc;
  return { _id, ...fields };
}

function clone(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clone);
  if (!isDoc(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, clone(inner)]));
}
