import { LENGTH, conversation, message } from './documents.mjs';
import { cost, repeat } from './measure.mjs';

/** Numbers of documents from which pages are read. */
export const SIZES = { m4: 10_000, m5: 100_000, m6: 1_000_000 };

/** A number that differs at each call, so that no document is inserted twice. */
function counter() {
  let last = 0;
  return () => last++;
}

/**
 * The cases of a round. Each gives the cost of one operation on one side.
 * @param scale 1 for the whole bench, less for a short one
 */
export function casesOf(scale, sizes) {
  const next = new Map();
  const fresh = (side) => {
    if (!next.has(side.name)) next.set(side.name, counter());
    return message(next.get(side.name)());
  };
  const times = (count) => Math.max(20, Math.round(count * scale));
  const inserting = (width, count) => async (side) =>
    cost(side, times(count), () => repeat(times(count), width, () => side.insert('inserts', fresh(side))));
  const paging = (name) => async (side) => {
    const conversations = Math.max(1, sizes[name] / LENGTH);
    const count = times(1500);
    return cost(side, count, () =>
      repeat(count, 8, async (i) => {
        const found = await side.page(name, conversation((i * 7919) % conversations), 60 + ((i * 31) % (LENGTH - 60)));
        if (found.length !== 50) throw new Error(`a page of ${side.name} had ${found.length} documents`);
      }),
    );
  };
  const known = (i) => message((i * 7919) % sizes.m5)._id;
  return {
    'insert, 1 at a time': inserting(1, 600),
    'insert, 64 at a time': inserting(64, 8000),
    'insertMany of 100, a document': (side) => {
      const batches = times(150);
      return cost(side, batches * 100, () =>
        repeat(batches, 4, () =>
          side.insertMany(
            'inserts',
            Array.from({ length: 100 }, () => fresh(side)),
          ),
        ),
      );
    },
    'page of 50 out of 10⁴': paging('m4'),
    'page of 50 out of 10⁵': paging('m5'),
    ...(sizes.m6 ? { 'page of 50 out of 10⁶': paging('m6') } : {}),
    'read by _id': (side) => cost(side, times(6000), () => repeat(times(6000), 8, (i) => side.read('m5', known(i)))),
    'update by _id, 64 at a time': (side) =>
      cost(side, times(6000), () => repeat(times(6000), 64, (i) => side.update('m5', known(i), `changed ${i}`))),
  };
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
