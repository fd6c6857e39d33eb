import { decodeTyped, encode, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { projector } from '../../language/projection.js';
import { compileUpdate } from '../../language/updates/update.js';
import type { CollectionInfo } from '../../store/catalogue.js';
import type { CollectionWriter, Stored } from '../../store/collection.js';
import type { Query } from '../../store/scan/scan.js';
import { checkArrayFilters, checkUpdate } from '../arguments.js';
import type { Call } from '../call.js';
import { write, type Command, type Server } from '../command.js';
import { allMatching, changeFirst, executing, fewMatching } from './batch.js';
import { NO_EXPR_IN_UPSERT, change, upsert, writerOf } from './write.js';

const command: Command = {
  fields: [
    'query',
    'sort',
    'remove',
    'update',
    'new',
    'fields',
    'upsert',
    'arrayFilters',
    'hint',
    'let',
    'collation',
    'bypassDocumentValidation',
  ],
  run: async (server, call) => {
    checkFindAndModify(call);
    // What a driver may send again is done in one, together with its answer.
    if (call.numbered()) return write(server, call, () => inOne(server, call, allMatching) as Doc);
    return (await server.environment.write(() => inOne(server, call, fewMatching))) ?? inTurns(server, call);
  },
};

/** `findAndModify` under both of its names. */
export const FIND_AND_MODIFY_COMMANDS: Record<string, Command> = { findAndModify: command, findandmodify: command };

/**
 * Checks which arguments go together.
 * @throws MongoError 2 or 9 when they do not, 14 for array filters that are none, 224 for `$expr` in an upsert
 */
export function checkFindAndModify(call: Call): void {
  const [removes, update] = [call.flag('remove'), call.value('update') ?? undefined];
  const refuse = (reason: string): never => {
    throw new MongoError(9, reason);
  };
  checkArrayFilters(call.value('arrayFilters'), call.name);
  if (!removes && update === undefined) refuse('Either an update or remove=true must be specified');
  if (update !== undefined) checkUpdate(update);
  if (removes && update !== undefined) refuse('Cannot specify both an update and remove=true');
  if (removes && call.flag('upsert')) refuse('Cannot specify both upsert=true and remove=true ');
  if (removes && call.flag('new'))
    refuse("Cannot specify both new=true and remove=true; 'remove' always returns the deleted document");
  if (removes && call.has('arrayFilters')) refuse('Cannot specify arrayFilters and remove=true');
  if (Array.isArray(update) && call.has('arrayFilters')) refuse('Cannot specify arrayFilters and a pipeline update');
  if (call.flag('new') && Object.keys(call.doc('fields')).some((path) => path.endsWith('.$')))
    throw new MongoError(2, 'cannot use a positional projection and return the new document');
}

/** What a command does with the document that it finds, and without one; each gives its answer. */
interface Modification {
  readonly query: Query;
  changed(this: void, writer: CollectionWriter, stored: Stored): Doc;
  without(this: void, writer: CollectionWriter): Doc;
}

/** Runs a command in one transaction; undefined, with nothing changed, when `matching` gives up. */
function inOne(server: Server, call: Call, matching: typeof fewMatching): Doc | undefined {
  const writer = writerOf(server, call, call.flag('upsert'));
  const { query, changed, without } = modificationOf(call, writer.info);
  const found = matching(server, writer.info, query);
  if (!found) return undefined;
  const [stored] = found;
  return stored ? changed(writer, stored) : without(writer);
}

/** As `inOne`, with others served during the search. */
async function inTurns(server: Server, call: Call): Promise<Doc> {
  const { db, collection } = call;
  const { query, changed, without } = modificationOf(call, server.catalogue.find(db, collection));
  const found = await changeFirst(server, { db, collection }, query, changed);
  return found ? found.result : server.environment.write(() => without(writerOf(server, call, call.flag('upsert'))));
}

function modificationOf(call: Call, info: CollectionInfo | undefined): Modification {
  const filter = call.filter('query');
  const evaluation = { ...call.evaluation(info), withoutExpr: call.flag('upsert') ? NO_EXPR_IN_UPSERT : undefined };
  const project = projector(call.optionalDoc('fields') && (call.typed['fields'] as Doc), filter, evaluation);
  const show = (raw: Buffer, textScore?: number): Doc =>
    decodeTyped(Buffer.from(project ? project(raw, textScore) : raw));
  const [sort, hint, deadline] = [call.optionalDoc('sort'), call.hint(), call.deadline()];
  const query = { filter, sort, limit: 1, hint, evaluation, deadline };
  if (call.flag('remove')) {
    return {
      query,
      changed: (writer, { id, raw, textScore }) => {
        writer.remove(id, decodeTyped(raw));
        return { lastErrorObject: { n: 1 }, value: show(raw, textScore), ok: 1 };
      },
      without: () => ({ lastErrorObject: { n: 0 }, value: null, ok: 1 }),
    };
  }
  const arrayFilters = (call.value('arrayFilters') ?? undefined) as Doc[] | undefined;
  const update = compileUpdate(call.typed['update'], arrayFilters, evaluation);
  return {
    query,
    changed: (writer, stored) => {
      const { after } = executing('findAndModify', () => change(writer, stored, update, filter));
      const value = show(call.flag('new') ? Buffer.from(encode(after)) : stored.raw, stored.textScore);
      return { lastErrorObject: { n: 1, updatedExisting: true }, value, ok: 1 };
    },
    without: (writer) => {
      if (!call.flag('upsert')) return { lastErrorObject: { n: 0, updatedExisting: false }, value: null, ok: 1 };
      const made = executing('findAndModify', () => upsert(writer, update, (call.typed['query'] ?? {}) as Doc));
      const value = call.flag('new') ? show(Buffer.from(encode(made))) : null;
      return { lastErrorObject: { n: 1, updatedExisting: false, upserted: made['_id'] }, value, ok: 1 };
    },
  };
}
