import { LENGTH, conversation, message } from './documents.mjs';
import { cost, repeat } from './measure.mjs';

/** Numbers of documents from which pages are read. */
export const SIZES = { m4: 10_000, m5: 100_000, m6: 1_000_000 };
/** Fewest bytes of an answer with a page of 50 documents. */
const PAGE_BYTES = 50 * 250;

/** A number that differs at each call, so that no document is inserted twice. */
function counter() {
  let last = 0;
  return () => last++;
}

/**
 * The cases of a round, by name. Each says how many requests it makes, how many of them at a time, how many operations
 * one of them counts for, and what the i-th one asks of a side: the name of an operation and its arguments.
 * @param scale 1 for the whole bench, less for a short one
 */
export function casesOf(scale, sizes) {
  const next = new Map();
  const fresh = (side) => {
    if (!next.has(side.name)) next.set(side.name, counter());
    return message(next.get(side.name)());
  };
  const times = (count) => Math.max(20, Math.round(count * scale));
  const inserting = (width, count) => ({
    count: times(count),
    width,
    ask: (side) => ['insert', 'inserts', fresh(side)],
  });
  const insertingMany = (width, count) => ({
    count: times(count),
    width,
    operations: 100,
    ask: (side) => ['insertMany', 'inserts', Array.from({ length: 100 }, () => fresh(side))],
  });
  const paging = (name, width) => {
    const conversations = Math.max(1, sizes[name] / LENGTH);
    const before = (i) => 60 + ((i * 31) % (LENGTH - 60));
    return {
      count: times(1500),
      width,
      ask: (_, i) => ['page', name, conversation((i * 7919) % conversations), before(i)],
      isAnswer: (found) => (found instanceof Buffer ? found.length > PAGE_BYTES : found.length === 50),
    };
  };
  const known = (i) => message((i * 7919) % sizes.m5)._id;
  return {
    'insert, 1 at a time': inserting(1, 600),
    'insert, 64 at a time': inserting(64, 8000),
    // Long enough for several checkpoints: in shorter rounds there were none, one or two, which changed all.
    'insertMany of 100, 4 at a time, a document': insertingMany(4, 800),
    'insertMany of 100, 1 at a time, a document': insertingMany(1, 600),
    'page of 50 out of 10⁴': paging('m4', 8),
    'page of 50 out of 10⁵': paging('m5', 8),
    'page of 50 out of 10⁵, 1 at a time': paging('m5', 1),
    ...(sizes.m6 ? { 'page of 50 out of 10⁶': paging('m6', 8) } : {}),
    'read by _id': { count: times(6000), width: 8, ask: (_, i) => ['read', 'm5', known(i)] },
    'update by _id, 64 at a time': {
      count: times(6000),
      width: 64,
      ask: (_, i) => ['update', 'm5', known(i), `changed ${i}`],
    },
  };
}

/** What a case costs with a side's driver. */
export function driven(side, { count, width, operations = 1, ask, isAnswer = () => true }) {
  return cost(side, count * operations, () =>
    repeat(count, width, async (i) => {
      const [operation, ...args] = ask(side, i);
      if (!isAnswer(await side[operation](...args))) throw new Error(`${side.name} answered less than was asked`);
    }),
  );
}

/** What a case costs without a driver: its requests are made beforehand, and its answers are not decoded. */
export async function undriven(side, lines, { count, width, operations = 1, ask, isAnswer = () => true }) {
  const requests = Array.from({ length: count }, (_, i) => {
    const [operation, ...args] = ask(side, i);
    return side.frames[operation](...args);
  });
  let next = 0;
  return cost(side, count * operations, () =>
    Promise.all(
      lines.slice(0, width).map(async (line) => {
        for (let request = requests[next++]; request; request = requests[next++])
          if (!isAnswer(await line.request(request))) throw new Error(`${side.name} answered less than was asked`);
      }),
    ),
  );
}

/** Fills a side with what is read from. */
export async function fill(side, sizes, say) {
  await side.prepare('inserts');
  for (const [name, size] of Object.entries(sizes)) {
    await side.prepare(name);
    const batch = 1000;
    let done = 0;
    await repeat(size / batch, 4, async (i) => {
      await side.insertMany(
        name,
        Array.from({ length: batch }, (_, k) => message(i * batch + k)),
      );
      done += batch;
      if (done % 50_000 === 0)
        say(`${side.name}: ${done.toLocaleString('en')} of ${size.toLocaleString('en')} documents`);
    });
    await side.settle(name);
  }
}
