import { randomUUID } from 'node:crypto';
import { MongoClient, ObjectId } from 'mongodb';
import type { Person } from './person';
import type { Server } from './server';

/** Somebody writes every so often, and now and then nobody does for a while. */
const GAP_MS = 90_000;
const PAUSE_MS = 3 * 60 * 60_000;
const BATCH = 5_000;

const WORDS = (
  'the harbour was quiet this morning and a boat came in with the tide while we had coffee on the pier ' +
  'then rain so we went home early and cooked soup for everybody who was still there'
).split(' ');

/** What message `seq` says: from one word to a paragraph, always the same. */
export function textOf(seq: number): string {
  const length = seq % 50 === 0 ? 90 : 1 + ((seq * 7) % 23);
  const words = Array.from({ length }, (_, index) => WORDS[(seq * 5 + index * 3) % WORDS.length]);
  return `${seq}: ${words.join(' ')}`;
}

/** A message in a past that is made up: who wrote it, and what it answers. */
export interface PastMessage {
  readonly mine: boolean;
  /** `seq` of the message that it answers. */
  readonly answers?: number;
}

/**
 * Gives two people who have never talked a past of `count` messages, written straight into the database in the shape in
 * which the API writes them, everything read. To be called before either of them opens the conversation: the API
 * remembers where a conversation stands once it has looked. Answers how long it took, in milliseconds.
 */
export async function giveThemAPast(
  server: Server,
  [one, other]: readonly [Person, Person],
  count: number,
  tell: (seq: number) => PastMessage,
): Promise<number> {
  const begun = performance.now();
  const client = await new MongoClient(server.storeUri).connect();
  try {
    const database = client.db();
    const idOf = async ({ username }: Person) => {
      const user = await database.collection('users').findOne({ username });
      if (!user) throw new Error(`There is no ${username}.`);
      return user._id;
    };
    const [oneId, otherId] = [await idOf(one), await idOf(other)];
    const conversationId = new ObjectId();
    const ids = Array.from({ length: count }, () => new ObjectId());
    const times = timesOf(count, Date.now() - 60_000);
    const sent = { [String(oneId)]: 0, [String(otherId)]: 0 };
    for (let from = 1; from <= count; from += BATCH) {
      const batch = [];
      for (let seq = from; seq < Math.min(from + BATCH, count + 1); seq++) {
        const { mine, answers } = tell(seq);
        const senderId = mine ? oneId : otherId;
        sent[String(senderId)] = (sent[String(senderId)] ?? 0) + 1;
        batch.push({
          _id: ids[seq - 1],
          conversationId,
          seq,
          rev: seq,
          revs: [seq],
          senderId,
          clientId: randomUUID(),
          kind: 'text',
          body: textOf(seq),
          createdAt: times[seq - 1],
          ...(answers && { replyTo: ids[answers - 1] }),
        });
      }
      await database.collection('messages').insertMany(batch);
    }
    const markers = <T>(marker: (id: string) => T) =>
      Object.fromEntries([String(oneId), String(otherId)].map((id) => [id, marker(id)]));
    await database.collection('conversations').insertOne({
      _id: conversationId,
      kind: 'direct',
      memberIds: [oneId, otherId],
      directKey: [String(oneId), String(otherId)].sort().join(':'),
      createdAt: times[0],
      activityAt: times[count - 1],
      headSeq: count,
      headRev: count,
      lastMessageId: ids[count - 1],
      sent,
      read: markers((id) => ({ seq: count, sent: sent[id] })),
      delivered: markers(() => count),
    });
  } finally {
    await client.close();
  }
  return performance.now() - begun;
}

/** When the messages were written, up to `end`. */
function timesOf(count: number, end: number): Date[] {
  const times: Date[] = [];
  let at = end;
  for (let seq = count; seq >= 1; seq--) {
    times.push(new Date(at));
    at -= seq % 40 === 0 ? PAUSE_MS : GAP_MS;
  }
  return times.reverse();
}
