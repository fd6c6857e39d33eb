import { decode, decodeTyped, encode, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { projector } from '../language/projection.js';
import { compileUpdate } from '../language/update.js';
import { scan } from '../store/scan.js';
import { checkArrayFilters, checkUpdate } from './arguments.js';
import { write, type Call, type Command, type Server } from './command.js';
import { executing } from './batch.js';
import { change, upsert, writerOf } from './write.js';

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
  run: (server, call) => {
    checkFindAndModify(call);
    return write(server, call, () => findAndModify(server, call));
  },
};

/** `findAndModify` under both of its names. */
export const FIND_AND_MODIFY_COMMANDS: Record<string, Command> = { findAndModify: command, findandmodify: command };

/**
 * Checks which arguments go together.
 * @throws MongoError 9 when they do not, 14 for array filters that are none
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
}

function findAndModify(server: Server, call: Call): Doc {
  const writer = writerOf(server, call, call.flag('upsert'));
  const filter = call.doc('query');
  const evaluation = call.evaluation(writer.info);
  const project = projector(call.optionalDoc('fields') && (call.typed['fields'] as Doc), filter, evaluation);
  const show = (raw: Buffer): Doc => decodeTyped(Buffer.from(project ? project(raw) : raw));
  const query = {
    filter,
    sort: call.optionalDoc('sort'),
    limit: 1,
    hint: call.hint(),
    evaluation,
    deadline: call.deadline(),
  };
  const [stored] = scan(server.environment, writer.info, query).documents;
  if (call.flag('remove')) {
    if (!stored) return { lastErrorObject: { n: 0 }, value: null, ok: 1 };
    writer.remove(stored.id, decode(stored.raw));
    return { lastErrorObject: { n: 1 }, value: show(stored.raw), ok: 1 };
  }
  const arrayFilters = (call.value('arrayFilters') ?? undefined) as Doc[] | undefined;
  const update = compileUpdate(call.typed['update'], arrayFilters, evaluation);
  if (!stored) {
    if (!call.flag('upsert')) return { lastErrorObject: { n: 0, updatedExisting: false }, value: null, ok: 1 };
    const made = executing('findAndModify', () => upsert(writer, update, (call.typed['query'] ?? {}) as Doc));
    const value = call.flag('new') ? show(Buffer.from(encode(made))) : null;
    return { lastErrorObject: { n: 1, updatedExisting: false, upserted: made['_id'] }, value, ok: 1 };
  }
  const { after } = executing('findAndModify', () => change(writer, stored, update, filter));
  const value = call.flag('new') ? show(Buffer.from(encode(after))) : show(stored.raw);
  return { lastErrorObject: { n: 1, updatedExisting: true }, value, ok: 1 };
}
