import type { Doc } from '../../document.js';
import { keyOf } from '../../store/keys/key.js';
import type { Plan } from '../../store/plan/planner.js';
import type { ScanCounts } from '../../store/scan/scan.js';
import { indexScan, leadsIntoArrays, textMatch } from './explain-index.js';
import type { Stage } from './plan-stage.js';

/** The indexes of a `$or`, whose documents are given once, whichever of them lead to them. */
export function either(branches: readonly Plan[], counts: ScanCounts): Stage {
  const begun = [...(counts.branches ?? []), counts];
  const inputs = branches.map((branch, i) => {
    const [from, to] = [begun[i] ?? counts, begun[i + 1] ?? counts];
    const keysExamined = to.keysExamined - from.keysExamined;
    const docsExamined = to.docsExamined - from.docsExamined;
    const own = { ...counts, keysExamined, docsExamined };
    const scanned = indexScan(branch, branch.index, own, branch.reverse ? 'backward' : 'forward');
    if (branch.index?.text) return textMatch(branch.index, scanned);
    return leadsIntoArrays(branch.index) ? scanned : { ...scanned, nReturned: keysExamined };
  });
  const dupsTested = inputs.reduce((sum, { nReturned }) => sum + (nReturned ?? 0), 0);
  const nReturned = counts.docsExamined;
  return { stage: 'OR', stats: { dupsTested, dupsDropped: dupsTested - nReturned }, nReturned, inputs };
}

/** Walks side by side, in the order of a sort: one of each value that leading fields may have, of each clause of a `$or`. */
export function sideBySide(plan: Plan, counts: ScanCounts, sortPattern: Doc): Stage {
  const read = counts.streams?.slice() ?? [];
  const walks = (plan.branches ?? [plan]).flatMap(singled);
  const inputs = walks.map(({ walk, count }) => {
    const keysExamined = read.splice(0, count).reduce((sum, keys) => sum + keys, 0);
    const own = { ...counts, keysExamined, docsExamined: keysExamined };
    return indexScan(walk, walk.index, own, walk.reverse ? 'backward' : 'forward');
  });
  const { keysExamined: dupsTested, docsExamined: nReturned } = counts;
  const stats = { dupsTested, dupsDropped: dupsTested - nReturned };
  return { stage: 'SORT_MERGE', own: { sortPattern }, stats, nReturned, inputs };
}

/** A plan for each combination of the values that the leading fields of its index may have, and how many streams it is. */
function singled(plan: Plan): { walk: Plan; count: number }[] {
  const { index, conditions, streams = [], used } = plan;
  let all = [conditions.paths];
  for (const { path } of index?.fields.slice(0, used) ?? []) {
    const condition = conditions.paths.get(path);
    if (!condition?.points) break;
    const points = [...new Map(condition.points.map((point) => [keyOf(point).toString('latin1'), point])).values()];
    all = all.flatMap((paths) => points.map((point) => new Map(paths).set(path, { ...condition, points: [point] })));
  }
  return all.map((paths) => ({
    walk: { ...plan, conditions: { ...conditions, paths } },
    count: streams.length / all.length,
  }));
}
