import { double, type Case, type Doc } from '../case.js';
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

const SEARCH: Doc = { $match: { $text: { $search: 'tea' } } };
const SCORED: Doc = { $project: { s: { $meta: 'textScore' } } };

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
  {
    name: 'pipelines of $lookup and $unionWith search for text, with scores of their own',
    manual: 'reference/operator/query/text/#behavior',
    given: {
      c: [{ _id: 1 }],
      d: [
        { _id: 1, t: 'black tea' },
        { _id: 2, t: 'milk' },
      ],
    },
    indexes: { d: [{ key: { t: 'text' }, name: 't', default_language: 'none' }] },
    steps: [
      {
        command: { aggregate: 'c', pipeline: [joined([SEARCH, SCORED])], cursor: {} },
        documents: [{ _id: 1, all: [{ _id: 1, s: double(0.75) }] }],
      },
      {
        command: { aggregate: 'c', pipeline: [united([SEARCH, { $project: { t: 1 } }])], cursor: {} },
        documents: [{ _id: 1 }, { _id: 1, t: 'black tea' }],
      },
      {
        command: {
          aggregate: 'd',
          pipeline: [SEARCH, { $lookup: { from: 'd', pipeline: [SCORED], as: 'all' } }],
          cursor: {},
        },
        error: { code: 40218 },
      },
      { command: { aggregate: 'c', pipeline: [joined([SEARCH]), SCORED], cursor: {} }, error: { code: 40218 } },
      { command: { aggregate: 'd', pipeline: [{ $limit: 5 }, SEARCH], cursor: {} }, error: { code: 17313 } },
      { command: { aggregate: 'd', pipeline: [{ $match: { _id: 1 } }, SEARCH], cursor: {} }, error: { code: 17313 } },
      { command: { aggregate: 'd', pipeline: [{ $facet: { a: [SEARCH] } }], cursor: {} }, error: { code: 17313 } },
    ],
  },
  {
    name: 'all stages of a pipeline are read when it is explained',
    manual: 'reference/command/explain/#behavior',
    given: { c: [{ _id: 1 }] },
    steps: [
      {
        command: { explain: { aggregate: 'c', pipeline: [{ $match: { a: 1 } }, { $group: { n: 1 } }], cursor: {} } },
        error: { code: 15955 },
      },
    ],
  },
  refuses('$graphLookup has the name of a collection', 'graphLookup/#syntax', 9, [
    { $graphLookup: 1 },
    { $graphLookup: { startWith: '$a', connectFromField: 'a', connectToField: 'b', as: 'all' } },
    { $graphLookup: { from: 1, startWith: '$a', connectFromField: 'a', connectToField: 'b', as: 'all' } },
  ]),
];
