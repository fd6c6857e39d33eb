import { Long } from 'bson';
import { MongoError } from '../../errors.js';
import { cursorReply, type Reply } from '../../wire/message.js';
import { apiParameters } from '../api-version.js';
import { wrongType } from '../arguments.js';
import type { Call } from '../call.js';
import type { Command, Server } from '../command.js';
import { isOfReader, type Batch } from './cursors.js';

/** Commands about cursors. */
export const CURSOR_COMMANDS: Record<string, Command> = {
  getMore: {
    fields: ['collection', 'batchSize'],
    run: (server, call) => {
      const id = cursorId(call.typed['getMore'], call.name, 'getMore');
      const size = call.count('batchSize') ?? 0;
      const ns = `${call.db}.${call.text('collection')}`;
      if (server.longReads && isOfReader(id)) return server.longReads.ask(call);
      server.cursors.check(id, ns, apiParameters(call.request.args));
      if (call.has('maxTimeMS'))
        throw new MongoError(2, 'cannot set maxTimeMS on getMore command for a non-awaitData cursor');
      const batch = server.cursors.next(id, ns, size === 0 ? Number.POSITIVE_INFINITY : size);
      return batch instanceof Promise ? batch.then(nextBatch) : nextBatch(batch);
    },
  },
  killCursors: {
    fields: ['cursors'],
    run: async (server, call) => {
      call.list('cursors');
      const ids = (call.typed['cursors'] as unknown[]).flatMap((id, i) =>
        id === null ? [] : cursorId(id, `${call.name}.cursors`, String(i)),
      );
      const killed = await killedOf(server, call, ids);
      const [cursorsKilled, cursorsNotFound]: [Long[], Long[]] = [[], []];
      // One that is named again has been killed by then.
      for (const id of ids) (killed.delete(id) ? cursorsKilled : cursorsNotFound).push(Long.fromBigInt(id));
      return {
        cursorsKilled,
        cursorsNotFound,
        cursorsAlive: [],
        cursorsUnknown: [],
        ok: 1,
      };
    },
  },
};

function nextBatch(batch: Batch): Reply {
  return cursorReply('nextBatch', batch, batch.documents);
}

/** Closes cursors, here and in the thread that long reads go to; gives those that were open. */
async function killedOf({ cursors, longReads }: Server, call: Call, ids: readonly bigint[]): Promise<Set<bigint>> {
  const killed = new Set(ids.filter((id) => cursors.kill(id)));
  if (longReads && ids.some(isOfReader)) for (const id of await longReads.kill(call)) killed.add(id);
  return killed;
}

/** @throws MongoError 14 for what is no long, be it another number */
function cursorId(value: unknown, where: string, field: string): bigint {
  if (!(value instanceof Long)) throw wrongType(where, field, 'long', value);
  return value.toBigInt();
}
