import { Query } from 'mingo';
import { canonical, isDoc, type Doc } from './values.js';

/** MongoDB refuses an update of this document. */
export class Refused extends Error {
  constructor(readonly code: number) {
    super(`refused with ${code}`);
  }
}

/** The new version of a document, as MongoDB's manual describes each operator. */
export function applied(update: Doc, before: Doc): Doc {
  const [first] = Object.keys(update);
  if (!first?.startsWith('$')) return structuredClone({ _id: before['_id'], ...update });
  const after = structuredClone(before);
  const changes = Object.entries(update).flatMap(([operator, fields]) =>
    Object.entries(fields as Doc).map(([path, argument]) => ({ operator, path, argument })),
  );
  // By their paths, and not as they were written: the first that is refused gives the code.
  changes.sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const { operator, path, argument } of changes) change(after, operator, path, structuredClone(argument));
  return after;
}

function change(doc: Doc, operator: string, path: string, argument: unknown): void {
  const [first = '', second] = path.split('.');
  const holder = second === undefined ? doc : doc[first];
  const name = second ?? first;
  const taking = ['$unset', '$pull', '$rename'].includes(operator);
  if (holder === undefined && !taking) {
    doc[first] = {};
    return change(doc, operator, path, argument);
  }
  if (!isDoc(holder)) {
    if (taking) return;
    throw new Refused(28);
  }
  const value = holder[name];
  switch (operator) {
    case '$set':
      holder[name] = argument;
      return;
    case '$unset':
      delete holder[name];
      return;
    case '$inc':
      if (value !== undefined && typeof value !== 'number') throw new Refused(14);
      holder[name] = (value ?? 0) + Number(argument);
      return;
    case '$rename':
      if (value === undefined) return;
      delete holder[name];
      return change(doc, '$set', String(argument), value);
    case '$push':
      holder[name] = pushed(arrayOf(value), argument);
      return;
    case '$addToSet':
      holder[name] = added(arrayOf(value), argument);
      return;
    case '$pull':
      if (value === undefined) return;
      holder[name] = pulled(arrayOf(value), argument);
      return;
    default:
      throw new Error(`the model does not know ${operator}`);
  }
}

function arrayOf(value: unknown): unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new Refused(2);
  return value;
}

function pushed(values: unknown[], argument: unknown): unknown[] {
  if (!isDoc(argument) || !('$each' in argument)) return [...values, argument];
  const each = argument['$each'] as unknown[];
  const { $position: position = values.length, $slice: slice } = argument as { $position?: number; $slice?: number };
  const longer = [...values.slice(0, position), ...each, ...values.slice(position)];
  if (slice === undefined) return longer;
  return slice < 0 ? longer.slice(slice) : longer.slice(0, slice);
}

function added(values: unknown[], argument: unknown): unknown[] {
  const each = isDoc(argument) && '$each' in argument ? (argument['$each'] as unknown[]) : [argument];
  const known = new Map(values.map((value) => [canonical(value), value]));
  const fresh = each.filter((value) => {
    if (known.has(canonical(value))) return false;
    known.set(canonical(value), value);
    return true;
  });
  return [...values, ...fresh];
}

function pulled(values: unknown[], argument: unknown): unknown[] {
  const onFields = isDoc(argument) && !Object.keys(argument)[0]?.startsWith('$');
  const query = new Query(onFields ? argument : { value: argument }, {});
  return values.filter((value) => !(onFields ? isDoc(value) && query.test(value) : query.test({ value })));
}
