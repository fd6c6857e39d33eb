import { double, int, long, type Case, type Doc, type Expected, type Step } from '../case.js';

const page = (section: string): string => `core/views/${section}`;

const view = (create: string, viewOn: string, pipeline: readonly Doc[] = [], more: Doc = {}): Step => ({
  command: { create, viewOn, pipeline, ...more },
});

const refused = (step: Step, code: number): Step => ({ ...step, error: { code } });

/** What a command is answered with. */
const asks = (command: Doc, expected: Expected): Step => ({ command, ...expected });

/** A stage that reads a collection or view of its name. */
const READING: Readonly<Record<string, (name: string) => Doc>> = {
  $facet: (name) => ({ $facet: { all: [{ $unionWith: name }] } }),
  $graphLookup: (from) => ({
    $graphLookup: { from, startWith: '$a', connectFromField: 'a', connectToField: 'b', as: 'found' },
  }),
  $lookup: (from) => ({ $lookup: { from, localField: 'a', foreignField: 'b', as: 'found' } }),
  $unionWith: (name) => ({ $unionWith: { coll: 'other', pipeline: [{ $unionWith: name }] } }),
};

const PEOPLE = [
  { _id: 1, name: 'Ann', tags: ['x', 'y'] },
  { _id: 2, name: 'ann', tags: [] },
];

const FOLDED = { locale: 'en', strength: 2 };

/** Commands that read a view, with a collation of their own. */
const reads = (name: string, collation: Doc): Doc[] => [
  { find: name, collation },
  { count: name, collation },
  { distinct: name, key: 'name', collation },
  { aggregate: name, pipeline: [], cursor: {}, collation },
  { explain: { find: name, collation }, verbosity: 'queryPlanner' },
];

/** Statements on views: what they may be made of, and what may be asked of them. */
export const cases: readonly Case[] = [
  ...Object.entries(READING).map(([stage, reading]): Case => ({
    name: `a view may not read itself through ${stage}`,
    manual: page('create-view/'),
    steps: [
      refused(view('a', 'b', [reading('a')]), 5),
      view('a', 'b', [reading('b')]),
      refused(view('b', 'c', [reading('a')]), 5),
    ],
  })),
  {
    name: 'a view has stages that are stages',
    manual: page('create-view/'),
    steps: [
      refused(view('v', 'c', [{ $lookup: { from: 'd', localField: 'a', foreignField: 'b' } }]), 9),
      refused(view('v', 'c', [{ $project: { a: '$$unknown' } }]), 17276),
      refused(view('v', 'c', [{ $match: { a: { $unknown: 1 } } }]), 2),
      refused(view('v', 'c', [{ $limit: -1 }]), 5107201),
      asks({ listCollections: 1 }, { documents: [] }),
    ],
  },
  {
    name: 'a view does not write',
    manual: 'reference/method/db.createView/#behavior',
    steps: [refused(view('v', 'c', [{ $out: 'x' }]), 167), refused(view('v', 'c', [{ $merge: 'x' }]), 167)],
  },
  {
    name: 'views are twenty at most on top of each other',
    manual: 'reference/method/db.createView/#behavior',
    steps: [
      ...Array.from({ length: 20 }, (_, i) => view(`v${i + 1}`, `v${i + 2}`)),
      refused(view('v21', 'c'), 165),
      refused(view('v0', 'v1'), 165),
      refused(view('v0', 'c', [{ $unionWith: 'v1' }]), 165),
      view('beside', 'v2'),
      asks({ find: 'v2' }, { documents: [] }),
      refused(asks({ aggregate: 'c', pipeline: [{ $unionWith: 'v1' }], cursor: {} }, {}), 165),
    ],
  },
  {
    name: 'no documents of a view cannot be counted, as a limit of a stage is positive',
    manual: 'reference/command/count/#command-fields',
    given: { c: PEOPLE },
    steps: [
      view('v', 'c'),
      asks({ count: 'c', limit: 0 }, { answer: { n: 2 } }),
      refused(asks({ count: 'v', limit: 0 }, {}), 15958),
      asks({ count: 'v', limit: -1 }, { answer: { n: 1 } }),
    ],
  },
  {
    name: 'numbers in the stages of a view keep their types',
    manual: page(''),
    given: { c: [{ _id: 1 }] },
    steps: [
      view('v', 'c', [{ $set: { d: double(1), i: int(2), l: long(3) } }]),
      asks({ find: 'v' }, { documents: [{ _id: 1, d: double(1), i: int(2), l: long(3) }] }),
    ],
  },
  {
    name: 'a view is projected as aggregations are',
    manual: page('#projection-restrictions'),
    given: { c: PEOPLE },
    steps: [
      view('v', 'c'),
      asks(
        { find: 'v', projection: { n: { $toUpper: '$name' } }, filter: { _id: 1 } },
        {
          documents: [{ _id: 1, n: 'ANN' }],
        },
      ),
      refused(asks({ find: 'v', projection: { tags: { $elemMatch: { $eq: 'x' } } } }, {}), 168),
      refused(asks({ find: 'v', projection: { tags: { $slice: 1 } } }, {}), 28667),
      refused(asks({ find: 'v', filter: { tags: 'x' }, projection: { 'tags.$': 1 } }, {}), 31324),
      refused(asks({ find: 'v', sort: { $natural: 1 } }, {}), 168),
    ],
  },
  {
    name: 'a view without a collation has the simple one, and none can be asked of it',
    manual: page('#collation'),
    given: { c: PEOPLE },
    steps: [
      view('v', 'c'),
      asks({ find: 'v', filter: { name: 'ann' }, collation: { locale: 'simple' } }, { documents: [PEOPLE[1]] }),
      ...reads('v', FOLDED).map((command) => refused({ command }, 167)),
    ],
  },
  {
    name: 'a view with a collation compares by it, and by no other',
    manual: page('#collation'),
    given: { c: PEOPLE },
    steps: [
      view('v', 'c', [], { collation: FOLDED }),
      asks({ find: 'v', filter: { name: 'ann' } }, { documents: PEOPLE, unordered: true }),
      asks({ find: 'v', filter: { name: 'ann' }, collation: FOLDED }, { documents: PEOPLE, unordered: true }),
      ...[{ locale: 'simple' }, { locale: 'en' }].flatMap((other) =>
        reads('v', other).map((command) => refused({ command }, 167)),
      ),
    ],
  },
  {
    name: 'stages read views of the collation of their pipeline only',
    manual: 'reference/method/db.createView/#behavior',
    given: { c: PEOPLE },
    steps: [
      view('folded', 'c', [], { collation: FOLDED }),
      refused(asks({ aggregate: 'c', pipeline: [{ $unionWith: 'folded' }], cursor: {} }, {}), 167),
      asks(
        {
          aggregate: 'c',
          pipeline: [
            { $match: { _id: 1 } },
            {
              $lookup: {
                from: 'folded',
                let: { name: '$name' },
                pipeline: [{ $match: { $expr: { $eq: ['$name', '$$name'] } } }],
                as: 'same',
              },
            },
            { $project: { same: { $size: '$same' } } },
          ],
          cursor: {},
          collation: FOLDED,
        },
        { documents: [{ _id: 1, same: 2 }] },
      ),
      refused(view('v', 'folded'), 167),
      refused(view('v', 'c', [{ $unionWith: 'folded' }]), 167),
      view('v', 'folded', [{ $unionWith: 'folded' }], { collation: FOLDED }),
    ],
  },
  {
    name: 'collMod changes what a view shows or its stages, and not what is not given',
    manual: 'reference/command/collMod/#modify-views',
    given: { c: PEOPLE, d: [{ _id: 3, name: 'Ann' }] },
    steps: [
      view('v', 'c', [{ $match: { name: 'Ann' } }]),
      asks({ collMod: 'v', viewOn: 'd' }, {}),
      asks({ find: 'v' }, { documents: [{ _id: 3, name: 'Ann' }] }),
      asks({ collMod: 'v', pipeline: [{ $project: { _id: 1 } }] }, {}),
      asks({ find: 'v' }, { documents: [{ _id: 3 }] }),
      refused(asks({ collMod: 'v', pipeline: [{ $unionWith: 'v' }] }, {}), 5),
      refused(asks({ collMod: 'v', pipeline: {} }, {}), 14),
      refused(asks({ collMod: 'c', pipeline: [] }, {}), 72),
    ],
  },
  {
    name: 'the variable of the moment can be used in a view that another pipeline reads',
    manual: 'reference/aggregation-variables/',
    given: { c: [{ _id: 1 }] },
    steps: [
      view('v', 'c', [{ $match: { $expr: { $lt: ['$at', '$$NOW'] } } }]),
      asks(
        { aggregate: 'c', pipeline: [{ $unionWith: 'v' }, { $count: 'all' }], cursor: {} },
        { documents: [{ all: 2 }] },
      ),
    ],
  },
];
