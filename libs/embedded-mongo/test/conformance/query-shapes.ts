import type { Case, Doc } from './case.js';
import { MISSING } from './shapes.js';

export { MISSING };

/** Documents `{ _id, v }` for these values, a filter over them, and the `_id` of what it finds (counted from 1). */
export function finds(
  name: string,
  section: string,
  values: readonly unknown[],
  filter: Doc,
  ids: readonly number[],
): Case {
  const documents = values.map((v, i) => (v === MISSING ? { _id: i + 1 } : { _id: i + 1, v }));
  const command = { find: 'c', filter, sort: { _id: 1 }, projection: { _id: 1 } };
  return {
    name,
    manual: `reference/operator/query/${section}`,
    given: { c: documents },
    steps: [{ command, documents: ids.map((_id) => ({ _id })) }],
  };
}

/** A filter that is refused with this code, on a collection with one document without `v`. */
export function refuses(name: string, section: string, filter: Doc, code: number, mentions: readonly string[]): Case {
  const steps = [{ command: { find: 'c', filter }, error: { code, mentions } }];
  return { name, manual: `reference/operator/query/${section}`, given: { c: [{ _id: 1 }] }, steps };
}
