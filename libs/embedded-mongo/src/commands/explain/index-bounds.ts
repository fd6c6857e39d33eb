import { Double, MaxKey, MinKey, ObjectId } from 'bson';
import { isDoc, type Doc } from '../../document.js';
import { typeName } from '../../language/values/bson-types.js';
import { show } from '../../language/values/show.js';
import { oneSided } from '../../store/plan/binding.js';
import type { PathCondition, Pattern } from '../../store/plan/bounds.js';
import type { Plan } from '../../store/plan/planner.js';
import { compareValues } from '../../store/keys/compare.js';

/** Where the values of a type begin and end, as MongoDB prints it in bounds that are open on one side. */
const LIMITS: Record<string, readonly [string, string]> = {
  number: ['[-inf.0', 'inf.0]'],
  string: ['[""', '{})'],
  date: ['[new Date(-9223372036854775808)', 'new Date(9223372036854775807)]'],
  objectId: ["[ObjectId('000000000000000000000000')", "ObjectId('ffffffffffffffffffffffff')]"],
};
const NUMBERS = ['int', 'long', 'double', 'decimal'];

/** The bounds of a walk by field, as `explain` shows them: `{ room: ['["a", "a"]'], seq: ['[MinKey, MaxKey]'] }`. */
export function indexBounds(plan: Plan, keyPattern: Doc): Doc {
  const fields = Object.entries(keyPattern).map(([path, order], i): [string, string[]] => {
    const condition = i < plan.used ? plan.conditions.paths.get(path) : undefined;
    const served = condition && plan.index?.multikey.has(path) ? oneSided(condition) : condition;
    const bounds = served ? intervals(served) : ['[MinKey, MaxKey]'];
    const descending = Number(order) < 0 !== plan.reverse;
    return [path, descending ? bounds.reverse().map(turn) : bounds];
  });
  return Object.fromEntries(fields);
}

/** The one interval of a walk by its ends: `{ startKey: { room: 'a', seq: 1 }, startKeyInclusive: true, … }`. */
export function keyBounds(plan: Plan, keyPattern: Doc): Doc {
  const ends = { start: {} as Doc, end: {} as Doc, isStart: true, isEnd: true };
  for (const [i, [path, order]] of Object.entries(keyPattern).entries()) {
    const condition = i < plan.used ? plan.conditions.paths.get(path) : undefined;
    const [low, high] = condition ? endsOf(condition) : [FROM_FIRST, TO_LAST];
    const [start, end] = Number(order) < 0 ? [high, low] : [low, high];
    // What comes after a value that is left out is left out with it.
    ends.start[path] = condition || ends.isStart ? start.value : end.value;
    ends.end[path] = condition || ends.isEnd ? end.value : start.value;
    ends.isStart &&= start.inclusive;
    ends.isEnd &&= end.inclusive;
  }
  return { startKey: ends.start, startKeyInclusive: ends.isStart, endKey: ends.end, endKeyInclusive: ends.isEnd };
}

type End = NonNullable<PathCondition['lower']>;
const FROM_FIRST: End = { value: new MinKey(), inclusive: true };
const TO_LAST: End = { value: new MaxKey(), inclusive: true };

function endsOf({ points, lower, upper }: PathCondition): readonly [End, End] {
  if (points) return [0, 0].map(() => ({ value: points[0], inclusive: true })) as [End, End];
  const [first, last] = ENDS[bracket((lower ?? upper)?.value)] ?? [FROM_FIRST, TO_LAST];
  return [lower ?? first, upper ?? last];
}

const included = (value: unknown): End => ({ value, inclusive: true });
/** The same as values. */
const ENDS: Record<string, readonly [End, End]> = {
  number: [included(new Double(-Infinity)), included(new Double(Infinity))],
  string: [included(''), { value: {}, inclusive: false }],
  date: [included(new Date(-8.64e15)), included(new Date(8.64e15))],
  objectId: [included(new ObjectId('0'.repeat(24))), included(new ObjectId('f'.repeat(24)))],
};

function intervals({ points, lower, upper, pattern, choice, notNull }: PathCondition): string[] {
  if (points) return choices(points, []);
  if (notNull && !lower && !upper && !pattern && !choice) return ['[MinKey, null)', '(null, MaxKey]'];
  if (choice && !lower && !upper) return choices(choice.points, choice.patterns);
  if (pattern && !lower && !upper) return choices([], [pattern]);
  const limits = LIMITS[bracket((lower ?? upper)?.value)] ?? ['[MinKey', 'MaxKey]'];
  const from = lower ? `${lower.inclusive ? '[' : '('}${show(lower.value)}` : limits[0];
  const to = upper ? `${show(upper.value)}${upper.inclusive ? ']' : ')'}` : limits[1];
  return [`${from}, ${to}`];
}

/** One interval for each value, and two for each pattern: strings with its prefix, and the same pattern. */
function choices(points: readonly unknown[], patterns: readonly Pattern[]): string[] {
  const isCovered = (text: unknown, own?: Pattern): boolean =>
    typeof text === 'string' && patterns.some(({ prefix }) => prefix !== own?.prefix && text.startsWith(prefix));
  const found = [
    ...points.filter((value) => !isCovered(value)).map((value) => ({ at: value, text: only(show(value)) })),
    ...patterns
      .filter((one) => !isCovered(one.prefix, one))
      .map(({ prefix }) => ({ at: prefix, text: `[${show(prefix)}, ${show(following(prefix))})` })),
    ...patterns.map(({ value }) => ({ at: value, text: only(`/${value.pattern}/${value.options}`) })),
  ];
  found.sort((a, b) => compareValues(a.at, b.at));
  // Long texts are shown cut, so that different ones may look the same.
  const isAgain = ({ at, text }: { at: unknown; text: string }, i: number): boolean =>
    text === found[i - 1]?.text && compareValues(at, found[i - 1]?.at) === 0;
  return found.filter((one, i) => !isAgain(one, i)).map(({ text }) => text);
}

function only(value: string): string {
  return `[${value}, ${value}]`;
}

/** The first text behind all with a prefix, as MongoDB shows it. */
function following(prefix: string): string {
  const characters = Array.from(prefix);
  const last = characters.pop()?.codePointAt(0) ?? 0;
  return characters.join('') + String.fromCodePoint(Math.min(last + 1, 0x10ffff));
}

/** The name under which the limits of a value's type stand. */
function bracket(value: unknown): string {
  const type = isDoc(value) ? 'object' : typeName(value);
  return NUMBERS.includes(type) ? 'number' : type;
}

/** An interval as a walk from its end to its beginning shows it. */
function turn(interval: string): string {
  const [, open = '[', from = '', to = '', close = ']'] = /^([[(])(.*), (.*)([\])])$/s.exec(interval) ?? [];
  return `${close === ']' ? '[' : '('}${to}, ${from}${open === '[' ? ']' : ')'}`;
}
