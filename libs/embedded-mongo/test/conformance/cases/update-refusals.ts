import { double, long, oid, type Case, type Doc } from '../case.js';
import { refuses } from '../update-shapes.js';

/** Fields of a document, an update that is refused, and the code and the whole text of that. */
type Refusal = readonly [before: Doc, update: Doc, code: number, text: string];

const BIT = 'You must pass in at least one bitwise operation. The format is: {$bit: {field: {and/or/xor: #}}';

const REFUSALS: readonly Refusal[] = [
  [{}, { $set: 'x' }, 9, 'we found type string instead. For example: {$mod: {<field>: ...}} not {$set: "x"}'],
  [{}, { $inc: { 'a.b': 'x' } }, 14, 'Cannot increment with non-numeric argument: {a.b: "x"}'],
  [{}, { $mul: { a: true } }, 14, 'Cannot multiply with non-numeric argument: {a: true}'],
  [
    { a: { b: 'x' } },
    { $inc: { 'a.b': 1 } },
    14,
    "Cannot apply $inc to a value of non-numeric type. {_id: 1} has the field 'b' of non-numeric type string",
  ],
  [
    { a: { b: 5 } },
    { $push: { 'a.b': 1 } },
    2,
    "The field 'a.b' must be an array but is of type int in document {_id: 1}",
  ],
  [
    { a: { b: 5 } },
    { $addToSet: { 'a.b': 1 } },
    2,
    "Cannot apply $addToSet to non-array field. Field named 'b' has non-array type int",
  ],
  [{ a: 5 }, { $pull: { a: 1 } }, 2, 'Cannot apply $pull to a non-array value'],
  [{ a: 5 }, { $pullAll: { a: [1] } }, 2, 'Cannot apply $pull to a non-array value'],
  [{}, { $pop: { a: true } }, 9, 'Expected a number in: a: true'],
  [{}, { $pop: { a: double(1.5) } }, 9, 'Expected an integer: a: 1.5'],
  [{}, { $pop: { a: 2 } }, 9, '$pop expects 1 or -1, found: 2'],
  [
    {},
    { $push: { a: { $each: [], $slice: 'x' } } },
    2,
    'The value for $slice must be an integer value but was given type: string',
  ],
  [{}, { $bit: { a: {} } }, 2, BIT],
  [
    {},
    { $bit: { a: 5 } },
    2,
    'The $bit modifier is not compatible with a int. You must pass in an embedded document: {$bit: {field: {and/or/xor: #}}',
  ],
  [
    {},
    { $bit: { a: { nor: 1 } } },
    2,
    "The $bit modifier only supports 'and', 'or', and 'xor', not 'nor' which is an unknown operator: {nor: 1}",
  ],
  [
    {},
    { $bit: { a: { or: 'x' } } },
    2,
    `The $bit modifier field must be an Integer(32/64 bit); a 'string' is not supported here: {or: "x"}`,
  ],
  [
    { a: { b: 'x' } },
    { $bit: { 'a.b': { or: 1 } } },
    2,
    "non-integral type.{_id: 1} has the field 'b' of non-integer type string",
  ],
  [
    { a: long('9223372036854775807') },
    { $inc: { a: 1 } },
    2,
    'Failed to apply $inc operations to current value ((NumberLong)9223372036854775807) for document {_id: 1}',
  ],
  [
    { a: 2 },
    { $mul: { a: long('9223372036854775807') } },
    2,
    'Failed to apply $mul operations to current value ((NumberInt)2) for document {_id: 1}',
  ],
  [
    { a: [] },
    { $addToSet: { a: { $each: [5], $sort: 1 } } },
    2,
    'Found unexpected fields after $each in $addToSet: { $each: [ 5 ], $sort: 1 }',
  ],
  [{ a: { b: null } }, { $set: { 'a.b.c': 1 } }, 28, "Cannot create field 'c' in element {b: null}"],
  [{ a: [1] }, { $set: { 'a.b': 1 } }, 28, "Cannot create field 'b' in element {a: [ 1 ]}"],
  [{ a: [1] }, { $set: { 'a.0.b': 1 } }, 28, "Cannot create field 'b' in element {0: 1}"],
  [{ a: 5 }, { $pop: { 'a.b': 1 } }, 28, 'Cannot use the part (b) of (a.b) to traverse the element ({a: 5})'],
  [{ a: [1] }, { $pull: { 'a.b': 1 } }, 28, 'Cannot use the part (b) of (a.b) to traverse the element ({a: [ 1 ]})'],
  [{ a: 'x' }, { $set: { 'a.$[]': 1 } }, 2, 'Cannot apply array updates to non-array element a: "x"'],
  [{}, { $rename: { a: 5 } }, 2, "The 'to' field for $rename must be a string: a: 5"],
  [{}, { $rename: { a: 'a' } }, 2, 'The source and target field for $rename must differ: a: "a"'],
  [{}, { $rename: { a: 'a.b' } }, 2, 'The source and target field for $rename must not be on the same path: a: "a.b"'],
  [
    { a: [{ b: 1 }] },
    { $rename: { 'a.0.b': 'c' } },
    2,
    "The source field cannot be an array element, 'a.0.b' in doc with _id: 1 has an array field called 'a'",
  ],
  [
    { a: [{ b: 1 }], c: 1 },
    { $rename: { c: 'a.0.b' } },
    2,
    "The destination field cannot be an array element, 'a.0.b' in doc with _id: 1 has an array field called 'a'",
  ],
  [{}, { $set: { '_id.a': 1 } }, 28, "Cannot create field 'a' in element {_id: 1}"],
  [{}, { $set: { _id: 2 } }, 66, "Performing an update on the path '_id' would modify the immutable field '_id'"],
  [
    {},
    { _id: oid('5f0000000000000000000001') },
    66,
    "After applying the update, the (immutable) field '_id' was found to have been altered to _id: ObjectId('5f0000000000000000000001')",
  ],
];

/** What updates are refused with, word for word: applications show and look for these texts. */
export const cases: readonly Case[] = REFUSALS.map(([before, update, code, text]) =>
  refuses(`${JSON.stringify(update)} of ${JSON.stringify(before)}`, '', before, update, code, [text]),
);
