import { date, decimal, double, int, long, type Case, type Doc, type Expected } from '../case.js';
import { aggregates, yields } from '../shapes.js';

const page = (section: string): string => `reference/operator/aggregation/${section}`;

/** A field `v` over documents sorted by `t`, as its value for each. */
const windows = (
  name: string,
  section: string,
  rows: readonly Doc[],
  v: Doc,
  values: readonly unknown[],
  sortBy: Doc = { t: 1 },
): Case =>
  yields(
    name,
    page(section),
    rows.map((row, i) => ({ _id: i, ...row })),
    [{ $setWindowFields: { sortBy, output: { v } } }, { $sort: { _id: 1 } }, { $project: { _id: 0, v: 1 } }],
    values.map((value) => ({ v: value })),
  );

const refuses = (name: string, section: string, output: Doc, code: number, rows: readonly Doc[] = [{ t: 1 }]): Case =>
  aggregates(name, page(section), { c: rows }, [{ $setWindowFields: { sortBy: { t: 1 }, output: { v: output } } }], {
    error: { code },
  });

/** A field `v` over two documents in the order in which they come. */
const unsorted = (name: string, v: Doc, expected: Expected): Case =>
  aggregates(
    name,
    page('setWindowFields/#definition'),
    { c: [{ _id: 1, n: 1 }, { _id: 2 }] },
    [{ $sort: { _id: 1 } }, { $setWindowFields: { output: { v } } }, { $project: { _id: 0, v: 1 } }],
    expected,
  );

const at = (time: string): Date => date(`2020-05-18T${time}Z`);

const TIED = [
  { t: 1, n: 1 },
  { t: 1, n: 2 },
  { t: 2, n: 4 },
];

const PRICES = [500, null, null, 515, null, null, 485].map((price, i) => ({
  t: date(`2021-03-08T${String(9 + i).padStart(2, '0')}:00:00Z`),
  price,
}));

/** Statements on the bounds of windows, and on functions that reckon over them. */
export const cases: readonly Case[] = [
  windows(
    'of equal ones $bottom keeps the first while none leaves the window',
    'bottom/#behavior',
    TIED,
    { $bottom: { sortBy: { t: 1 }, output: '$n' }, window: { documents: ['unbounded', 'current'] } },
    [1, 1, 4],
  ),
  windows(
    'a range tells longs apart that no double does',
    'setWindowFields/#window',
    [{ t: long('9007199254740992') }, { t: long('9007199254740993') }, { t: long('9007199254740994') }],
    { $push: '$_id', window: { range: [-1, 0] } },
    [[0], [0, 1], [1, 2]],
  ),
  windows(
    'a range tells decimals apart to their last digit',
    'setWindowFields/#window',
    [
      { t: decimal('1.000000000000000000000000000000001') },
      { t: decimal('1.000000000000000000000000000000002') },
      { t: decimal('1.000000000000000000000000000000004') },
    ],
    { $push: '$_id', window: { range: [decimal('-1E-33'), decimal('1E-33')] } },
    [[0, 1], [0, 1], [2]],
  ),
  windows(
    'the current document bounds a range by its position, and a number by the value of the sort',
    'setWindowFields/#window',
    TIED,
    { $push: '$n', window: { range: ['unbounded', 'current'] } },
    [[1], [1, 2], [1, 2, 4]],
  ),
  windows(
    'a bound of zero takes in all documents with the same value',
    'setWindowFields/#window',
    TIED,
    { $push: '$n', window: { range: ['unbounded', 0] } },
    [
      [1, 2],
      [1, 2],
      [1, 2, 4],
    ],
  ),
  windows(
    'a range of months goes by the calendar',
    'setWindowFields/#window',
    [{ t: date('2021-01-31T00:00:00Z') }, { t: date('2021-02-28T00:00:00Z') }, { t: date('2021-03-30T00:00:00Z') }],
    { $push: '$_id', window: { range: [-1, 'current'], unit: 'month' } },
    [[0], [0, 1], [1, 2]],
  ),
  windows(
    'a sum forgets what is no longer in its window',
    'sum/#behavior',
    [{ n: double(1e300) }, { n: double(1) }, { n: double(0.5) }].map((row, t) => ({ t, ...row })),
    { $sum: '$n', window: { documents: [-1, 'current'] } },
    [double(1e300), double(1e300), double(1.5)],
  ),
  windows(
    'a sum is of the widest type in its window',
    'sum/#behavior',
    [{ n: decimal('1.5') }, { n: int(2) }, { n: long(3) }, { n: double(0.5) }].map((row, t) => ({ t, ...row })),
    { $sum: '$n', window: { documents: [-1, 'current'] } },
    [decimal('1.5'), decimal('3.5'), long('5'), double(3.5)],
  ),
  windows(
    '$min and $max go by what is in the window',
    'min/#behavior',
    [5, 1, 4, 2].map((n, t) => ({ t, n })),
    { $min: '$n', window: { documents: [-1, 'current'] } },
    [5, 1, 1, 2],
  ),
  windows(
    '$covariancePop of decimals is a decimal',
    'covariancePop/#behavior',
    [1, 2, 3].map((n) => ({ t: n, x: decimal(`${n}.5`), y: decimal(`${n * 2}`) })),
    { $covariancePop: ['$x', '$y'], window: { documents: ['unbounded', 'current'] } },
    [double(0), decimal('0.5'), decimal('1.333333333333333333333333333333333')],
  ),
  windows(
    '$covarianceSamp of one document is null',
    'covarianceSamp/#behavior',
    [1, 2, 3].map((n) => ({ t: n, x: n, y: n * 3 })),
    { $covarianceSamp: ['$x', '$y'], window: { documents: ['unbounded', 'current'] } },
    [null, double(1.5), double(3)],
  ),
  aggregates(
    '$covariancePop over the whole partition needs no order',
    page('covariancePop/#syntax'),
    { c: [1, 3].map((n) => ({ _id: n, n })) },
    [{ $setWindowFields: { output: { v: { $covariancePop: ['$n', '$n'] } } } }],
    { documents: [1, 3].map((n) => ({ _id: n, n, v: double(1) })) },
  ),
  windows(
    '$expMovingAvg with N weighs the newest document by 2 / (N + 1)',
    'expMovingAvg/#exponential-moving-average-using-n',
    [13, 15.4, 12, 11.7].map((price, t) => ({ t, price })),
    { $expMovingAvg: { input: '$price', N: 2 } },
    [double(13), double(14.6), double(12.866666666666667), double(12.088888888888889)],
  ),
  windows(
    '$expMovingAvg with alpha weighs the newest document by it',
    'expMovingAvg/#exponential-moving-average-using-alpha',
    [13, 15.4, 12, 11.7].map((price, t) => ({ t, price })),
    { $expMovingAvg: { input: '$price', alpha: 0.75 } },
    [double(13), double(14.8), double(12.7), double(11.95)],
  ),
  windows(
    '$expMovingAvg of decimals is a decimal',
    'expMovingAvg/#behavior',
    ['1.5', '2.5'].map((price, t) => ({ t, price: decimal(price) })),
    { $expMovingAvg: { input: '$price', alpha: decimal('0.5') } },
    [decimal('1.5'), decimal('2.00')],
  ),
  windows(
    '$linearFill goes by how far dates are apart',
    'linearFill/#fill-missing-values-with-linear-interpolation',
    PRICES,
    { $linearFill: '$price' },
    [500, double(505), double(510), 515, double(505), double(495), 485],
  ),
  windows(
    '$linearFill leaves null outside of what is known',
    'linearFill/#behavior',
    [null, 1, null].map((n, t) => ({ t, n })),
    { $linearFill: '$n' },
    [null, 1, null],
  ),
  refuses('$linearFill takes numbers only', 'linearFill/#behavior', { $linearFill: '$n' }, 14, [{ t: 1, n: 'x' }]),
  refuses(
    '$linearFill refuses two documents in one place',
    'linearFill/#restrictions',
    { $linearFill: '$n' },
    6050106,
    [
      { t: 1, n: 1 },
      { t: 1, n: 2 },
    ],
  ),
  windows(
    '$derivative tells the speed per unit',
    'derivative/#example',
    [
      { t: at('14:10:30'), miles: 1295.1 },
      { t: at('14:11:00'), miles: 1295.63 },
      { t: at('14:11:30'), miles: 1296.25 },
    ],
    { $derivative: { input: '$miles', unit: 'hour' }, window: { range: [-30, 0], unit: 'second' } },
    [null, double(63.60000000002401), double(74.3999999999869)],
  ),
  windows(
    '$integral adds areas in hours',
    'integral/#example',
    [
      { t: at('14:10:30'), kilowatts: 2.95 },
      { t: at('14:11:00'), kilowatts: 2.7 },
      { t: at('14:11:30'), kilowatts: 2.6 },
      { t: at('14:12:00'), kilowatts: 2.98 },
    ],
    { $integral: { input: '$kilowatts', unit: 'hour' }, window: { range: ['unbounded', 'current'], unit: 'hour' } },
    [double(0), double(0.023541666666666666), double(0.045625), double(0.068875)],
  ),
  refuses(
    '$derivative over dates needs a unit',
    'derivative/#syntax',
    { $derivative: { input: '$n' }, window: { documents: [-1, 0] } },
    5624901,
    [{ t: at('14:10:30'), n: 1 }],
  ),
  refuses(
    '$derivative needs a sort by dates or numbers',
    'derivative/#syntax',
    { $derivative: { input: '$n' }, window: { documents: [-1, 0] } },
    5624902,
    [{ t: 'noon', n: 1 }],
  ),
  refuses('$derivative needs a window', 'derivative/#behavior', { $derivative: { input: '$t' } }, 9),
  refuses('$integral knows its units', 'integral/#syntax', { $integral: { input: '$t', unit: 'moon' } }, 9),
  refuses('$integral takes no long units', 'integral/#syntax', { $integral: { input: '$t', unit: 'month' } }, 5490710),
  refuses('$rank takes no window', 'rank/#syntax', { $rank: {}, window: { documents: [-1, 0] } }, 5371601),
  refuses('$locf takes no window', 'locf/#syntax', { $locf: '$t', window: { documents: [-1, 0] } }, 9),
  refuses('$shift takes no window', 'shift/#syntax', { $shift: { output: 1, by: 1 }, window: {} }, 9),
  refuses(
    '$shift has a constant for what is missing',
    'shift/#syntax',
    { $shift: { output: 1, by: 1, default: '$t' } },
    9,
  ),
  unsorted('$rank needs an order', { $rank: {} }, { error: { code: 5371602 } }),
  unsorted('$integral needs an order', { $integral: { input: '$n' } }, { error: { code: 9 } }),
  unsorted('$linearFill needs an order', { $linearFill: '$n' }, { error: { code: 605001 } }),
  unsorted('$expMovingAvg needs an order', { $expMovingAvg: { input: '$n', N: 2 } }, { error: { code: 9 } }),
  unsorted('$shift needs an order', { $shift: { output: '$n', by: 1 } }, { error: { code: 9 } }),
  unsorted('$locf takes the documents as they come', { $locf: '$n' }, { documents: [{ v: 1 }, { v: 1 }] }),
  refuses(
    'a range over dates needs a unit',
    'setWindowFields/#window',
    { $sum: '$n', window: { range: [-1, 0] } },
    5429413,
    [{ t: at('14:10:30') }],
  ),
  refuses(
    'a range with a unit is over dates',
    'setWindowFields/#window',
    { $sum: '$n', window: { range: [-1, 0], unit: 'day' } },
    5429513,
  ),
  refuses('a range is over numbers', 'setWindowFields/#window', { $sum: '$n', window: { range: [-1, 0] } }, 5429414, [
    { t: 'x' },
  ]),
  refuses(
    'a lower bound lies before the upper one',
    'setWindowFields/#window',
    { $sum: '$n', window: { range: ['current', -1] } },
    5339900,
  ),
  refuses(
    'bounds in a unit are whole numbers',
    'setWindowFields/#window',
    { $sum: '$n', window: { range: [-1.5, 0], unit: 'day' } },
    9,
  ),
  refuses(
    'bounds by position are whole numbers',
    'setWindowFields/#window',
    { $sum: '$n', window: { documents: [-1.5, 0] } },
    9,
  ),
  refuses('$mergeObjects takes no windows', 'setWindowFields/#output', { $mergeObjects: '$n' }, 9),
  aggregates(
    'a range of values needs an order that ascends',
    page('setWindowFields/#definition'),
    { c: [{ _id: 1 }] },
    [
      {
        $setWindowFields: {
          sortBy: { _id: -1 },
          output: { n: { $sum: 1, window: { range: [-1, 1] } } },
        },
      },
    ],
    { error: { code: 8947401 } },
  ),
];
