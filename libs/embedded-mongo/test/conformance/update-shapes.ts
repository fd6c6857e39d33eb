import type { Case, Doc } from './case.js';

/** One document, an update of it, and what it is then. */
export function makes(
  name: string,
  section: string,
  before: Doc,
  update: Doc | readonly Doc[],
  after: Doc,
  more: Doc = {},
): Case {
  const given = { _id: 1, ...before };
  const changed = JSON.stringify(given) === JSON.stringify({ _id: 1, ...after }) ? 0 : 1;
  return {
    name,
    manual: `reference/operator/update/${section}`,
    given: { c: [given] },
    steps: [
      {
        command: { update: 'c', updates: [{ q: { _id: 1 }, u: update, ...more }] },
        answer: { n: 1, nModified: changed },
        state: { c: [{ _id: 1, ...after }] },
      },
    ],
  };
}

/** An update that is refused, which leaves the document as it is. */
export function refuses(
  name: string,
  section: string,
  before: Doc,
  update: Doc,
  code: number,
  mentions: readonly string[] = [],
  more: Doc = {},
): Case {
  return {
    name,
    manual: `reference/operator/update/${section}`,
    given: { c: [{ _id: 1, ...before }] },
    steps: [
      {
        command: { update: 'c', updates: [{ q: { _id: 1 }, u: update, ...more }] },
        error: { code, index: 0, mentions },
        state: { c: [{ _id: 1, ...before }] },
      },
    ],
  };
}

/** An upsert into an empty collection, and what it makes. */
export function upserts(name: string, filter: Doc, update: Doc, made: Doc): Case {
  return {
    name,
    manual: 'reference/method/db.collection.update/#upsert-behavior',
    given: { c: [] },
    steps: [
      {
        command: { update: 'c', updates: [{ q: filter, u: update, upsert: true }] },
        answer: { n: 1, nModified: 0, upserted: [{ index: 0, _id: made['_id'] }] },
        state: { c: [made] },
      },
    ],
  };
}
