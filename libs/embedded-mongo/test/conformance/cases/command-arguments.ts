import { double, long, type Case, type Doc } from '../case.js';
import { NUMBERS, runs } from '../samples.js';

const unknown = (name: string, manual: string, command: Doc, field: string): Case =>
  runs(name, manual, command, { error: { code: 40415, mentions: [field] } });

/** Statements on what commands take, and on the types of what they answer. */
export const cases: readonly Case[] = [
  runs(
    'distinct keeps the types of numbers',
    'command/distinct/',
    { distinct: 'c', key: 'n' },
    {
      answer: { values: [double(2), double(3)] },
    },
  ),
  runs(
    'distinct of longs gives longs',
    'command/distinct/',
    { distinct: 'c', key: 'l' },
    {
      answer: { values: [long(5), long(6)] },
    },
  ),
  runs(
    'findAndModify answers with the types of the document',
    'command/findAndModify/',
    { findAndModify: 'c', query: { _id: 1 }, update: { $set: { z: 1 } }, new: true },
    { answer: { value: { _id: 1, n: double(2), l: long(5), z: 1 } } },
  ),
  runs(
    'findAndModify answers with the types of a projection',
    'command/findAndModify/',
    { findAndModify: 'c', query: { _id: 1 }, remove: true, fields: { _id: 0, l: 1 } },
    { answer: { value: { l: long(5) } } },
  ),
  runs(
    'find computes the variables of let',
    'command/find/#syntax',
    { find: 'c', filter: { $expr: { $eq: ['$_id', '$$x'] } }, let: { x: { $add: [1, 1] } }, projection: { _id: 1 } },
    { documents: [{ _id: 2 }] },
  ),
  runs(
    'a variable of let may use the one before it',
    'command/aggregate/#syntax',
    {
      aggregate: 'c',
      pipeline: [{ $match: { _id: 1 } }, { $project: { y: '$$y', z: '$$z' } }],
      let: { x: 2, y: { $multiply: ['$$x', 3] }, z: { $map: { input: [1], in: { $add: ['$$this', '$$x'] } } } },
      cursor: {},
    },
    { documents: [{ _id: 1, y: 6, z: [3] }] },
  ),
  runs(
    'update computes the variables of let',
    'command/update/#syntax',
    {
      update: 'c',
      updates: [{ q: { $expr: { $eq: ['$_id', '$$x'] } }, u: [{ $set: { z: '$$x' } }] }],
      let: { x: { $subtract: [3, 1] } },
    },
    { answer: { n: 1, nModified: 1 }, state: { c: [NUMBERS[0] ?? {}, { ...NUMBERS[1], z: 2 }] } },
  ),
  runs(
    'delete computes the variables of let',
    'command/delete/#syntax',
    { delete: 'c', deletes: [{ q: { $expr: { $eq: ['$_id', '$$x'] } }, limit: 0 }], let: { x: { $abs: -2 } } },
    { answer: { n: 1 }, state: { c: NUMBERS.slice(0, 1) } },
  ),
  runs(
    'let speaks of no document',
    'command/find/#syntax',
    { find: 'c', filter: {}, let: { x: '$n' } },
    { error: { code: 4890500 } },
  ),
  ...[
    { find: 'c' },
    { aggregate: 'c', pipeline: [], cursor: {} },
    { update: 'c', updates: [{ q: { _id: 9 }, u: { $set: { n: 1 } } }] },
    { findAndModify: 'c', query: { _id: 9 }, remove: true },
  ].map((command) =>
    runs(`let of ${Object.keys(command)[0]} may be null`, 'command/find/#syntax', { ...command, let: null }, {}),
  ),
  unknown(
    'an update has no other fields',
    'command/update/#syntax',
    { update: 'c', updates: [{ q: {}, u: { $set: { a: 1 } }, colour: 1 }] },
    'colour',
  ),
  unknown(
    'a delete has no other fields',
    'command/delete/#syntax',
    { delete: 'c', deletes: [{ q: {}, limit: 0, colour: 1 }] },
    'colour',
  ),
  unknown(
    'the cursor of an aggregation has no other fields',
    'command/aggregate/#syntax',
    { aggregate: 'c', pipeline: [], cursor: { colour: 1 } },
    'colour',
  ),
  unknown(
    '$merge has no other fields',
    'operator/aggregation/merge/#syntax',
    { aggregate: 'c', pipeline: [{ $merge: { into: 'm', colour: 1 } }], cursor: {} },
    'colour',
  ),
  unknown(
    '$out has no other fields',
    'operator/aggregation/out/#syntax',
    { aggregate: 'c', pipeline: [{ $out: { db: 'x', coll: 'm', colour: 1 } }], cursor: {} },
    'colour',
  ),
  runs(
    'an aggregation may ask for its plan itself',
    'command/aggregate/#syntax',
    { aggregate: 'c', pipeline: [{ $match: { _id: 1 } }], explain: true },
    { answer: { ok: double(1) } },
  ),
  ...[
    { rest: {}, mentions: ['cursor'] },
    { rest: { cursor: {}, explain: true }, mentions: ['explain', 'illegal'] },
    { rest: { cursor: {}, explain: false }, mentions: ['explain', 'illegal'] },
    { rest: { cursor: {}, writeConcern: { w: 1 } }, mentions: ['writeConcern'] },
  ].map(({ rest, mentions }) =>
    runs(
      `an aggregation that is explained has its arguments: ${JSON.stringify(rest)}`,
      'command/explain/#explain',
      { explain: { aggregate: 'c', pipeline: [], ...rest } },
      { error: { code: 9, mentions } },
    ),
  ),
  runs(
    'a plan is asked for with one of three verbosities',
    'command/explain/#command-fields',
    { explain: { find: 'c' }, verbosity: 'everything' },
    { error: { code: 2, mentions: ['everything', 'explain.verbosity'] } },
  ),
  unknown(
    'a command that is explained has the arguments that it has otherwise',
    'command/explain/#command-fields',
    { explain: { find: 'c', colour: 1 } },
    'find.colour',
  ),
  runs(
    'an insertion has no plan',
    'command/explain/#explain',
    { explain: { insert: 'c', documents: [{ _id: 9 }] } },
    { error: { code: 20, mentions: ['insert'] } },
  ),
  runs(
    'one update is explained, not several',
    'command/explain/#explain',
    { explain: { update: 'c', updates: [1, 2].map((_id) => ({ q: { _id }, u: { $set: { n: 1 } } })) } },
    { error: { code: 16 } },
  ),
  runs(
    'what is explained may use variables of its own',
    'command/find/#command-fields',
    { explain: { find: 'c', filter: { $expr: { $eq: ['$n', '$$two'] } }, let: { two: 2 } } },
    { answer: { ok: double(1) } },
  ),
  ...['multi', 'upsert'].map((field) =>
    runs(
      `${field} of an update is a boolean`,
      'command/update/#update-statements',
      { update: 'c', updates: [{ q: {}, u: { $set: { n: 1 } }, [field]: 1 }] },
      { error: { code: 14, mentions: [field] }, state: { c: NUMBERS } },
    ),
  ),
  runs(
    'ordered is a boolean',
    'command/insert/#command-fields',
    { insert: 'c', documents: [{ _id: 3 }], ordered: 'yes' },
    { error: { code: 14, mentions: ['ordered'] }, state: { c: NUMBERS } },
  ),
  runs(
    'a $sort has a field at least',
    'operator/aggregation/sort/#definition',
    { aggregate: 'c', pipeline: [{ $sort: {} }], cursor: {} },
    { error: { code: 15976 } },
  ),
  ...[
    { path: '', code: 40352 },
    { path: 'a..b', code: 15998 },
    { path: 'a.', code: 40353 },
  ].map(({ path, code }) =>
    runs(
      `a sort is by a field that can be, which '${path}' is not`,
      'method/cursor.sort/#definition',
      { find: 'c', sort: { [path]: 1 } },
      { error: { code } },
    ),
  ),
  runs(
    'a pipeline has 1000 stages at most',
    'limits/#mongodb-limit-Number-of-Stages-in-Pipeline',
    { aggregate: 'c', pipeline: Array.from({ length: 1001 }, () => ({ $match: {} })), cursor: {} },
    { error: { code: 7749501, mentions: ['1000'] } },
  ),
  runs(
    '$natural sorts backwards',
    'operator/meta/natural/',
    { find: 'c', sort: { $natural: -1 }, projection: { _id: 1 } },
    {
      documents: [{ _id: 2 }, { _id: 1 }],
    },
  ),
  runs(
    'a hint of $natural walks backwards, too',
    'method/cursor.hint/#force-collection-scans',
    { find: 'c', hint: { $natural: -1 }, filter: { n: { $gt: 0 } }, projection: { _id: 1 } },
    { documents: [{ _id: 2 }, { _id: 1 }] },
  ),
  runs(
    'what is explained is of the same database',
    'command/explain/#command-fields',
    { explain: { find: 'c', $db: 'other' } },
    { error: { code: 73, mentions: ['other'] } },
  ),
  runs(
    'a hint of $natural reads ranges backwards',
    'method/cursor.hint/#force-collection-scans',
    { find: 'c', filter: { _id: { $in: [1, 2] } }, hint: { $natural: -1 }, projection: { _id: 1 } },
    { documents: [{ _id: 2 }, { _id: 1 }] },
  ),
  runs(
    'a sort goes before a hint at $natural',
    'method/cursor.hint/#force-collection-scans',
    { find: 'c', sort: { n: 1 }, hint: { $natural: -1 }, projection: { _id: 1 } },
    { documents: [{ _id: 1 }, { _id: 2 }] },
  ),
  runs(
    '$natural stands alone',
    'operator/meta/natural/',
    { find: 'c', sort: { $natural: 1, n: 1 } },
    { error: { code: 2 } },
  ),
  runs(
    'a sort is by fields',
    'method/cursor.sort/#definition',
    { find: 'c', sort: { $colour: 1 } },
    {
      error: { code: 16410, mentions: ['$colour'] },
    },
  ),
  runs(
    '$sort goes up or down',
    'operator/aggregation/sort/#definition',
    { aggregate: 'c', pipeline: [{ $sort: { n: 2 } }], cursor: {} },
    {
      error: { code: 15975, mentions: ['n'] },
    },
  ),
  runs(
    '$sort takes numbers',
    'operator/aggregation/sort/#definition',
    { aggregate: 'c', pipeline: [{ $sort: { n: 'up' } }], cursor: {} },
    {
      error: { code: 15974, mentions: ['n'] },
    },
  ),
  runs(
    'there is no score without a text search to project',
    'operator/aggregation/meta/#behavior',
    { find: 'c', projection: { s: { $meta: 'textScore' } } },
    { error: { code: 40218 } },
  ),
  runs(
    'there is no score without a text search to sort by',
    'operator/aggregation/meta/#behavior',
    { find: 'c', sort: { s: { $meta: 'textScore' } } },
    { error: { code: 40218 } },
  ),
  runs(
    'there is no score without a text search in an aggregation',
    'operator/aggregation/meta/#behavior',
    { aggregate: 'c', pipeline: [{ $project: { s: { $meta: 'textScore' } } }], cursor: {} },
    { error: { code: 40218 } },
  ),
  runs(
    'an _id has no fields with a dollar',
    'method/db.collection.insert/#_id-field',
    { insert: 'c', documents: [{ _id: { $a: 1 } }] },
    { error: { code: 52, index: 0, mentions: ['$a'] } },
  ),
  {
    name: 'an argument of null is not given',
    manual: 'reference/command/nav-administration/',
    given: { c: NUMBERS },
    steps: [
      { command: { create: 'd', capped: null, viewOn: null, pipeline: null } },
      { command: { explain: { find: 'c' }, verbosity: null } },
      {
        command: { aggregate: 'c', pipeline: [], cursor: null },
        error: { code: 14, mentions: ['cursor field must be missing or an object'] },
      },
    ],
  },
];
