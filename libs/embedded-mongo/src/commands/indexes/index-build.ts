import type { Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { collationOf } from '../../language/values/collation.js';
import { toNumber } from '../../language/values/numbers.js';
import { orderingOf } from '../../language/values/ordering.js';
import { show } from '../../language/values/show.js';
import type { CollectionInfo, Index, IndexDefinition } from '../../store/catalogue.js';
import { lastKey } from '../../store/scan/all-documents.js';
import type { IndexBuild } from '../../store/index-build.js';
import { fillSome } from '../../store/reindex.js';
import { checkTime, type Deadline } from '../../store/scan/deadline.js';
import { StoreFailure } from '../../store/disk/transactions.js';
import type { Call } from '../call.js';
import { existing, type Server } from '../command.js';
import { isSameFilter } from './partial-filter.js';

const MAX_INDEXES = 64;

/** What a command has come to in its first transaction. */
interface Begun {
  readonly numIndexesBefore: number;
  readonly createdCollectionAutomatically: boolean;
  /** What is left to be done in further ones; undefined when all of the indexes are there. */
  readonly build?: IndexBuild;
  readonly numIndexesAfter: number;
}

/**
 * Makes all of the indexes, or none: at once when few documents have to be entered, and otherwise beside what others do.
 * What another command is about to make is waited for.
 * @param wanted specifications as `listIndexes` shows them
 * @throws MongoError 11000, and others, for a document that an index refuses, and 276 when one of the indexes, or the
 *   collection, is dropped meanwhile
 */
export async function createIndexes(server: Server, call: Call, wanted: readonly Doc[]): Promise<Doc> {
  const deadline = call.deadline();
  for (;;) {
    const begun = await server.environment.write(() => begin(server, call, wanted));
    if ('other' in begun) {
      await begun.other.ended;
      continue;
    }
    const { build, ...answer } = begun;
    if (build) answer.numIndexesAfter = await goOn(server, build, deadline);
    const isNew = answer.numIndexesAfter !== answer.numIndexesBefore;
    return { ...answer, ...(isNew ? {} : { note: 'all indexes already exist' }), ok: 1 };
  }
}

/** @returns the build of another command when that is making one of the indexes */
function begin(server: Server, call: Call, wanted: readonly Doc[]): Begun | { other: IndexBuild } {
  const { catalogue } = server;
  const createdCollectionAutomatically = !catalogue.find(call.db, call.collection);
  catalogue.ensure(call.db, call.collection);
  const info = existing(server, call);
  const before = { numIndexesBefore: info.indexes.length + 1, createdCollectionAutomatically };
  try {
    const { missing, other } = compare(info, wanted);
    if (other) return { other };
    if (missing.length === 0) return { ...before, numIndexesAfter: before.numIndexesBefore };
    const build = catalogue.beginBuild(info, missing.map(definitionOf), lastKey(server.environment, info));
    const isFull = fill(server, build);
    if (isFull) catalogue.completeBuild(build);
    return { ...before, numIndexesAfter: info.indexes.length + 1, ...(isFull ? {} : { build }) };
  } catch (error) {
    if (createdCollectionAutomatically) catalogue.drop(info);
    throw error;
  }
}

/** @returns how many indexes there are when all of them are complete */
async function goOn(server: Server, build: IndexBuild, deadline: Deadline | undefined): Promise<number> {
  const { environment, catalogue } = server;
  const { info } = build;
  const checkGoingOn = (): void => {
    if (catalogue.isGoingOn(build)) return;
    const names = build.indexes.map(({ name }) => name).join(', ');
    throw new MongoError(276, `the build of ${names} on ${info.db}.${info.name} was aborted`);
  };
  const turn = (): boolean => {
    checkGoingOn();
    return fill(server, build, deadline);
  };
  try {
    // Nobody sees the entries yet, and after a kill or a failure they are cleared: they need not be on disk one by one.
    while (!(await environment.write(turn, true)));
    return await environment.write(() => {
      checkGoingOn();
      catalogue.completeBuild(build);
      return info.indexes.length + 1;
    });
  } finally {
    build.end();
  }
}

/**
 * Enters some more documents. What is refused ends the build.
 * @returns whether all are entered
 */
function fill({ environment, catalogue }: Server, build: IndexBuild, deadline?: Deadline): boolean {
  try {
    if (deadline) checkTime(deadline);
    return fillSome(environment, catalogue, build);
  } catch (error) {
    // A failure of the store takes the transaction back, and every build with it.
    if (!(error instanceof StoreFailure)) catalogue.abortBuild(build);
    throw error;
  }
}

function definitionOf(spec: Doc): IndexDefinition {
  const fields = Object.entries(spec['key'] as Doc);
  return { spec, fields: fields.map(([path, order]) => ({ path, descending: toNumber(order) < 0 })) };
}

/** An index that there is, or is to be. */
type Named = Pick<Index, 'name' | 'spec'>;

/**
 * Which of the indexes are missing; or who is making one of them.
 * @throws MongoError 67 for a second text index and beyond 64 indexes, 86 when another index has a name, 85 when the same
 *   index has another name or other options
 */
function compare(info: CollectionInfo, wanted: readonly Doc[]): { missing: Doc[]; other?: IndexBuild } {
  const known: Named[] = [...info.indexes, ...info.builds.flatMap(({ indexes }) => indexes)];
  const missing: Doc[] = [];
  let other: IndexBuild | undefined;
  for (const spec of wanted) {
    if (JSON.stringify(spec['key']) === '{"_id":1}') continue;
    const same = sameAs(spec, known);
    if (same) {
      other ??= info.builds.find(({ indexes }) => indexes.some((index) => index === same));
      continue;
    }
    const text = spec['weights'] ? known.find((index) => index.spec['weights']) : undefined;
    if (text)
      throw new MongoError(67, `only one text index per collection allowed, found existing text index "${text.name}"`);
    if (known.length + 1 >= MAX_INDEXES)
      throw new MongoError(
        67,
        `add index fails, too many indexes for ${info.db}.${info.name} key:${show(spec['key'])}`,
      );
    known.push({ name: String(spec['name']), spec });
    missing.push(spec);
  }
  return { missing, ...(other ? { other } : {}) };
}

/** Options that, as its filter, tell an index from another one on the same key, so that both may stand. */
const IDENTIFYING = ['key', 'unique', 'sparse', 'collation'];
/** Options in which the same index may differ from what is asked for, or in which it may be written otherwise. */
const PASSED_OVER = ['v', 'name', 'background', 'textIndexVersion', 'partialFilterExpression', 'sparse'];

function isSameIndex(a: Doc, b: Doc): boolean {
  const identity = (spec: Doc): string => JSON.stringify(IDENTIFYING.map((option) => spec[option] || null));
  if (identity(a) !== identity(b)) return false;
  const [own, other] = [a, b].map((spec) => spec['partialFilterExpression'] as Doc | undefined);
  return own && other ? isSameFilter(own, other, orderingOf(collationOf(a['collation']))) : own === other;
}

/**
 * The index that a specification asks for, if it is among those that are known.
 * @throws MongoError 86 when another index has its name, 85 when the same index has another name or other options
 */
function sameAs(spec: Doc, known: readonly Named[]): Named | undefined {
  const options = (one: Doc): string =>
    JSON.stringify(
      Object.entries(one)
        .filter(([option]) => !PASSED_OVER.includes(option))
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  const isSame = (index: Named): boolean => isSameIndex(index.spec, spec);
  const namesake = known.find(({ name }) => name === spec['name']);
  const same = namesake ?? known.find(isSame);
  if (!same) return undefined;
  const both = `Requested index: ${show(spec)}, existing index: ${show(same.spec)}`;
  if (!isSame(same))
    throw new MongoError(
      86,
      `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. ${both}`,
    );
  if (options(same.spec) !== options(spec))
    throw new MongoError(
      85,
      `An equivalent index already exists with ${namesake ? 'the same name but different options' : 'a different name and options'}. ${both}`,
    );
  if (!namesake) throw new MongoError(85, `Index already exists with a different name: ${same.name}`);
  return same;
}
