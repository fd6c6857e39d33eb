import { decode, decodeTyped, encode, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { projector } from '../language/projection.js';
import { compileUpdate } from '../language/update.js';
import { scan } from '../store/scan.js';
import { write, type Call, type Command, type Server } from './command.js';
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
    if (call.flag('remove') === call.has('update')) {
      throw new MongoError(9, 'Either an update or remove=true must be specified, and not both');
    }
    if (call.flag('remove') && (call.flag('upsert') || call.flag('new'))) {
      throw new MongoError(9, 'Cannot specify both upsert=true or new=true and remove=true');
    }
    return write(server, call, () => findAndModify(server, call));
  },
};

/** `findAndModify` under both of its names. */
export const FIND_AND_MODIFY_COMMANDS: Record<string, Command> = { findAndModify: command, findandmodify: command };

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
  const arrayFilters = call.value('arrayFilters') as Doc[] | undefined;
  const update = compileUpdate(call.typed['update'], arrayFilters, evaluation);
  if (!stored) {
    if (!call.flag('upsert')) return { lastErrorObject: { n: 0, updatedExisting: false }, value: null, ok: 1 };
    const made = upsert(writer, update, (call.typed['query'] ?? {}) as Doc);
    const value = call.flag('new') ? show(Buffer.from(encode(made))) : null;
    return { lastErrorObject: { n: 1, updatedExisting: false, upserted: made['_id'] }, value, ok: 1 };
  }
  const { after } = change(writer, stored, update, filter);
  const value = call.flag('new') ? show(Buffer.from(encode(after))) : show(stored.raw);
  return { lastErrorObject: { n: 1, updatedExisting: true }, value, ok: 1 };
}
