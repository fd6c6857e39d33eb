import { date, decimal, double, int, type Case, type Doc, type Expected } from '../case.js';
import { at } from '../samples.js';
import { aggregates, refusesStages } from '../shapes.js';

const ROWS = [
  { _id: 1, p: 'a', n: 3 },
  { _id: 2, p: 'a' },
  { _id: 3, p: 'b' },
  { _id: 4, p: 'b', n: 5 },
];

const fills = (name: string, spec: Doc, expected: Expected): Case =>
  aggregates(name, at('fill/#syntax'), { c: ROWS }, [{ $sort: { _id: -1 } }, { $fill: spec }], expected);

const windows = (name: string, window: Doc, values: readonly unknown[]): Case =>
  aggregates(
    name,
    at('setWindowFields/#window'),
    { c: ROWS },
    [
      { $setWindowFields: { sortBy: { _id: 1 }, output: { v: { $sum: '$_id', window } } } },
      { $project: { v: 1, _id: 0 } },
    ],
    { documents: values.map((v) => ({ v })) },
  );

const DAYS = [date('2021-01-01'), date('2021-01-02')];

/** Statements on `$fill`, and on how the specifications of stages over windows and ranges are read. */
export const cases: readonly Case[] = [
  fills(
    '$fill repeats the last value in the order of the documents',
    { output: { n: { method: 'locf' } } },
    {
      documents: [ROWS[3], { ...ROWS[2], n: 5 }, { ...ROWS[1], n: 5 }, ROWS[0]],
    },
  ),
  fills(
    '$fill with values alone leaves documents in their order',
    { sortBy: { _id: 1 }, output: { n: { value: 0 } } },
    {
      documents: [ROWS[3], { ...ROWS[2], n: 0 }, { ...ROWS[1], n: 0 }, ROWS[0]],
    },
  ),
  refusesStages('$fill says how it fills fields', at('fill/#syntax'), [
    [{ $fill: { output: { n: 'locf' } } }, 6050200],
    [{ $fill: { output: 1 } }, 14],
    [{ $fill: { output: { n: { value: 1 } }, sortBy: 1 } }, 14],
    [{ $fill: { output: { n: { method: 'locf' } }, partitionBy: 1 } }, 14],
    [{ $fill: { output: { n: { method: 'linear' } }, partitionBy: '$p' } }, 605001],
    [{ $fill: { output: { n: { method: 'locf' } }, partitionByFields: 'p' } }, 14],
  ]),
  windows(
    'bounds of a window are constant expressions',
    { documents: [{ $subtract: [1, 2] }, { $add: [0, int(0)] }] },
    [1, 3, 5, 7],
  ),
  windows(
    'bounds of a range are constant expressions',
    { range: [{ $multiply: [-1, decimal('1')] }, 'current'] },
    [1, 3, 5, 7],
  ),
  aggregates(
    'a field of a window within an array is in each of its elements',
    at('setWindowFields/#output'),
    { c: [{ _id: 1, a: [{ b: 1 }, 2] }] },
    [{ $setWindowFields: { output: { 'a.n': { $sum: '$_id' } } } }],
    { documents: [{ _id: 1, a: [{ b: 1, n: 1 }, { n: 1 }] }] },
  ),
  aggregates(
    'a covariance is of an expression that gives pairs, and counts nothing else',
    at('covariancePop/#behavior'),
    {
      c: [
        { _id: 1, v: [1, 2] },
        { _id: 2, v: [2, 4] },
        { _id: 3, v: 5 },
      ],
    },
    [{ $setWindowFields: { output: { v: { $covariancePop: '$v' } } } }, { $limit: 1 }, { $project: { v: 1, _id: 0 } }],
    { documents: [{ v: double(0.5) }] },
  ),
  aggregates(
    'the bounds of a range are reckoned in decimals',
    at('setWindowFields/#window'),
    {
      c: [
        { _id: 1, t: 0.6 },
        { _id: 2, t: 0.7 },
      ],
    },
    [
      { $setWindowFields: { sortBy: { t: 1 }, output: { v: { $push: '$_id', window: { range: [0.1, 0.2] } } } } },
      { $project: { v: 1, _id: 0 } },
    ],
    { documents: [{ v: [] }, { v: [] }] },
  ),
  refusesStages('$setWindowFields has documents as output and as order', at('setWindowFields/#syntax'), [
    [{ $setWindowFields: { sortBy: 'n', output: {} } }, 14],
    [{ $setWindowFields: { output: 'n' } }, 14],
    [{ $setWindowFields: { output: { v: { $sum: 1 }, 'v.w': { $sum: 1 } } } }, 6307900],
    [{ $setWindowFields: { sortBy: { n: 1 }, output: { v: { $sum: 1, window: { documents: ['$n', 1] } } } } }, 9],
    [
      {
        $setWindowFields: {
          sortBy: { n: 1 },
          output: { v: { $sum: 1, window: { documents: [{ $add: ['$n'] }, 1] } } },
        },
      },
      9,
    ],
  ]),
  refusesStages('$densify has a field, a step, a unit and fields of groups of their types', at('densify/#syntax'), [
    [{ $densify: { field: 1, range: { step: 1, bounds: 'full' } } }, 14],
    [{ $densify: { field: 'n', range: { step: '1', bounds: 'full' } } }, 14],
    [{ $densify: { field: 'n', range: { step: 1, unit: 1, bounds: DAYS } } }, 14],
    [{ $densify: { field: 'n', range: { step: 1, bounds: 'full' }, partitionByFields: 'p' } }, 14],
    [{ $densify: { field: 'n', range: { step: 1, bounds: 'full' }, partitionByFields: ['$p'] } }, 16410],
    [{ $densify: { field: 'n', range: { step: 1, bounds: 'full' }, partitionByFields: ['n.m'] } }, 8993000],
    [{ $densify: { field: 'n.m', range: { step: 1, bounds: 'full' }, partitionByFields: ['n'] } }, 9554500],
  ]),
  {
    name: 'a result of a pipeline is no larger than a document',
    manual: 'core/aggregation-pipeline-limits/#result-size-restrictions',
    steps: [
      {
        command: {
          aggregate: 1,
          pipeline: [
            {
              $documents: [
                {
                  text: {
                    $reduce: { input: { $range: [0, 23] }, initialValue: 'x', in: { $concat: ['$$value', '$$value'] } },
                  },
                },
              ],
            },
            { $project: { a: '$text', b: '$text', c: '$text' } },
          ],
          cursor: {},
        },
        error: { code: 10334 },
      },
    ],
  },
];
