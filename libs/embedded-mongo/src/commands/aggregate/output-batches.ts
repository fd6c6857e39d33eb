import { deserialize, type Long } from 'bson';
import { encode, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { encodeDocument, requestOf } from '../../wire/message.js';
import { withoutApi } from '../api-version.js';
import { Call } from '../call.js';
import { runAnywhere, type Server } from '../command.js';

/** Most documents that are held at once of what is to be written. */
const TAKEN_AT_ONCE = 2_000;

/** A pipeline that is written failed where it is read, and says so in its own words. */
export class ReadingFailed extends Error {}

/**
 * What a pipeline gives, read as a driver would read it: what takes long moves to where it may. It is the state in which it
 * begins, whatever is written meanwhile.
 */
export async function* batchesOf(server: Server, call: Call, stages: readonly Doc[]): AsyncGenerator<Buffer[]> {
  const { writeConcern: _, bypassDocumentValidation: __, ...args } = withoutApi(call.typed);
  const batchSize = TAKEN_AT_ONCE;
  let open: { getMore: Long; collection: string | undefined } | undefined;
  try {
    for (let next: Doc | undefined = { ...args, pipeline: stages, cursor: { batchSize } }; next;) {
      // One that fails is closed already.
      open = undefined;
      const { documents, id, ns } = await batchOf(server, call, next);
      if (!id.isZero()) open = { getMore: id, collection: /^[^.]*\.(.*)$/s.exec(ns)?.[1] };
      yield documents;
      next = open && { ...open, batchSize };
    }
  } catch (cause) {
    throw new ReadingFailed('', { cause });
  } finally {
    if (open) await answerTo(server, call, { killCursors: open.collection, cursors: [open.getMore] });
  }
}

interface ReadBatch {
  readonly id: Long;
  readonly ns: string;
  readonly documents: Buffer[];
}

async function batchOf(server: Server, call: Call, args: Doc): Promise<ReadBatch> {
  const reply = await answerTo(server, call, args);
  const fieldsAsRaw = { firstBatch: true, nextBatch: true };
  const { cursor } = deserialize(reply, { promoteValues: false, fieldsAsRaw }) as { cursor: Doc };
  const documents = (cursor['firstBatch'] ?? cursor['nextBatch']) as Uint8Array[];
  return { id: cursor['id'] as Long, ns: String(cursor['ns']), documents: documents.map((raw) => Buffer.from(raw)) };
}

/** Answers a further command of a command. */
async function answerTo(server: Server, { db, connectionId }: Call, args: Doc): Promise<Uint8Array> {
  const request = requestOf(Buffer.from(encode(args)), db);
  const command = server.commands.get(request.name);
  if (!command) throw new MongoError(59, `no such command: '${request.name}'`);
  return encodeDocument(await runAnywhere(server, command, new Call(request, connectionId)));
}
