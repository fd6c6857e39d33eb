import type { Doc } from '../../document.js';
import type { Index } from '../../store/catalogue.js';
import type { Plan } from '../../store/plan/planner.js';
import type { ScanCounts } from '../../store/scan/scan.js';
import { indexBounds } from './index-bounds.js';
import type { Stage } from './plan-stage.js';

/** The index of `_id`: documents are stored in its order. */
export const ID_INDEX = { keyPattern: { _id: 1 }, indexName: '_id_' };

/** The walk along an index. */
export function indexScan(plan: Plan, index: Index | undefined, counts: ScanCounts, direction: string): Stage {
  const { docsExamined } = counts;
  const keysExamined = keysOf(plan, counts);
  const keyPattern = (index?.spec['key'] ?? ID_INDEX.keyPattern) as Doc;
  const isMultiKey = leadsIntoArrays(index);
  return {
    stage: 'IXSCAN',
    own: {
      keyPattern,
      indexName: index?.name ?? ID_INDEX.indexName,
      ...(index?.collated ? { collation: index.spec['collation'] } : {}),
      isMultiKey,
      ...multiKeyPaths(index, keyPattern),
      isUnique: index?.unique ?? true,
      isSparse: index?.sparse ?? false,
      isPartial: index?.partial !== undefined,
      indexVersion: index?.spec['v'] ?? 2,
      direction,
      ...(index?.text ? {} : { indexBounds: indexBounds(plan, keyPattern) }),
    },
    stats: {
      keysExamined,
      dupsTested: isMultiKey ? keysExamined : 0,
      dupsDropped: isMultiKey ? keysExamined - docsExamined : 0,
    },
    nReturned: docsExamined,
  };
}

/** Whether some document has several entries. */
export function leadsIntoArrays(index: Index | undefined): boolean {
  return index !== undefined && index.multikey.size > 0;
}

/** Where arrays are within the fields of an index; nothing where that is in one of several parts, which is not kept. */
function multiKeyPaths(index: Index | undefined, keyPattern: Doc): Doc {
  const paths = Object.keys(keyPattern);
  const isArray = (path: string): boolean => index?.multikey.has(path) ?? false;
  if (index?.text || paths.some((path) => isArray(path) && path.includes('.'))) return {};
  return { multiKeyPaths: Object.fromEntries(paths.map((path) => [path, isArray(path) ? [path] : []])) };
}

/** A walk along `_id` that is not bounded looks at the key of every document. */
function keysOf({ index, bounded }: Plan, { keysExamined, docsExamined }: ScanCounts): number {
  return index || bounded ? keysExamined : docsExamined;
}

/** The stage above a walk of a text index. */
export function textMatch({ name, spec }: Index, input: Stage): Stage {
  return {
    stage: 'TEXT_MATCH',
    own: { indexPrefix: {}, indexName: name, textIndexVersion: spec['textIndexVersion'] },
    nReturned: input.nReturned,
    input,
  };
}
