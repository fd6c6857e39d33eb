import type { Case, Doc } from '../case.js';
import { at } from '../samples.js';
import { aggregates } from '../shapes.js';

const refuses = (name: string, page: string, code: number, pipelines: readonly Doc[]): Case => ({
  name,
  manual: at(page),
  steps: pipelines.map((stage) => ({ command: { aggregate: 'c', pipeline: [stage], cursor: {} }, error: { code } })),
});

const joined = (pipeline: readonly Doc[]): Doc => ({ $lookup: { from: 'd', pipeline, as: 'all' } });
const united = (pipeline: readonly Doc[]): Doc => ({ $unionWith: { coll: 'd', pipeline } });
const nested = (times: number): Doc =>
  Array.from({ length: times - 1 }).reduce<Doc>((inner) => joined([inner]), joined([]));

/** Statements on stages that have pipelines of their own, and on those of what they are refused with. */
export const cases: readonly Case[] = [
  refuses('$facet takes no stage that reads something else first', 'facet/#behavior', 40600, [
    { $facet: { a: [{ $facet: { b: [] } }] } },
    { $facet: { a: [{ $collStats: {} }] } },
    { $facet: { a: [{ $indexStats: {} }] } },
    { $facet: { a: [{ $geoNear: {} }] } },
    { $facet: { a: [joined([{ $facet: { b: [] } }])] } },
    { $facet: { a: [united([{ $facet: { b: [] } }])] } },
    { $facet: { a: [{ $lookup: { pipeline: [{ $documents: [{ n: 1 }] }], as: 'all' } }] } },
  ]),
  refuses('$unionWith writes nothing', 'unionWith/#out-and-merge', 31441, [
    united([{ $out: 'x' }]),
    united([{ $merge: 'x' }]),
  ]),
  refuses('pipelines stand within each other twenty times at most', 'lookup/#restrictions', 232, [nested(21)]),
  aggregates(
    '$lookup stands within itself twenty times',
    at('lookup/#restrictions'),
    { c: [{ _id: 1 }] },
    [nested(20)],
    {
      documents: [{ _id: 1, all: [] }],
    },
  ),
  refuses('a collection that is joined has a name', 'lookup/#syntax', 73, [
    { $lookup: { from: '', localField: 'a', foreignField: 'b', as: 'all' } },
    { $unionWith: '' },
    { $graphLookup: { from: '', startWith: '$a', connectFromField: 'a', connectToField: 'b', as: 'all' } },
  ]),
  refuses('$graphLookup has the name of a collection', 'graphLookup/#syntax', 9, [
    { $graphLookup: 1 },
    { $graphLookup: { startWith: '$a', connectFromField: 'a', connectToField: 'b', as: 'all' } },
    { $graphLookup: { from: 1, startWith: '$a', connectFromField: 'a', connectToField: 'b', as: 'all' } },
  ]),
];
