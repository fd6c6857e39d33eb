import { readdirSync } from 'node:fs';
import mongoose from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anyServer } from '../support.js';
import { DATABASE, type Case, type Doc, type Step } from './case.js';
import { differences, show } from './compare.js';

/*
 * Every case against the embedded store, or against the MongoDB of TEST_MONGODB_URI. Numbers are compared with their
 * BSON types, documents with the order of their fields.
 */

const server = anyServer();
const TYPED = { promoteValues: false, bsonRegExp: true };
const files = readdirSync(new URL('./cases/', import.meta.url)).filter((name) => name.endsWith('.ts'));

for (const area of files.map((name) => name.replace('.ts', '')).sort()) {
  const { cases } = (await import(`./cases/${area}.ts`)) as { cases: readonly Case[] };
  describe(area, () => {
    it('has a name of its own for every case', () => {
      expect(new Set(cases.map((item) => item.name)).size).toBe(cases.length);
    });
    describe.each(cases.map((item) => [item.name, item] as const))('%s', (_name, item) => {
      const database = `conformance_${process.pid}`;
      let db: ReturnType<typeof server.client.db>;
      beforeAll(() => {
        db = server.client.db(database);
      });
      afterAll(async () => {
        await db.dropDatabase();
      });
      it(item.manual, async () => {
        const problems = await run(item);
        expect(problems.join('\n')).toBe('');
      });

      async function run({ given = {}, indexes = {}, steps }: Case): Promise<string[]> {
        for (const [name, documents] of Object.entries(given)) {
          await db.createCollection(name);
          if (documents.length > 0) await db.command({ insert: name, documents });
        }
        for (const [name, list] of Object.entries(indexes)) await db.command({ createIndexes: name, indexes: list });
        const problems: string[] = [];
        for (const [i, step] of steps.entries()) {
          problems.push(...(await check(named(step, database) as Step)).map((line) => `step ${i + 1}, ${line}`));
        }
        return problems;
      }

      async function check(step: Step): Promise<string[]> {
        const problems: string[] = [];
        const outcome = await send(step.command, step.admin ? server.client.db('admin') : db);
        problems.push(...checkError(step, outcome));
        if (step.documents) {
          const [wanted, got] = [step.documents, outcome.documents ?? []].map((list) =>
            step.unordered ? [...list].sort((a, b) => (show(a) < show(b) ? -1 : 1)) : list,
          );
          problems.push(...differences(encoded(wanted), got, 'documents'));
        }
        if (step.batches !== undefined && outcome.batches !== step.batches)
          problems.push(`expected ${step.batches} batches, got ${outcome.batches}`);
        for (const [field, value] of Object.entries(step.answer ?? {})) {
          problems.push(...differences(encoded(value), outcome.answer[field], field));
        }
        for (const [name, documents] of Object.entries(step.state ?? {})) {
          const got = (await send({ find: name, sort: { _id: 1 } })).documents;
          problems.push(...differences(encoded(documents), got, `state.${name}`));
        }
        return problems;
      }

      async function send(command: Doc, to = db): Promise<{ answer: Doc; documents?: unknown[]; batches: number }> {
        let answer: Doc;
        try {
          answer = await to.command(command, TYPED);
        } catch (error) {
          if (!(error instanceof mongoose.mongo.MongoServerError)) throw error;
          return { answer: error.errorResponse, batches: 0 };
        }
        const cursor = answer['cursor'] as
          { id: { toString(): string }; ns: unknown; firstBatch: unknown[] } | undefined;
        let batches = 1;
        if (!cursor) return { answer, batches };
        const documents = [...cursor.firstBatch];
        const collection = String(cursor.ns).split('.').slice(1).join('.');
        for (let id = cursor.id; id.toString() !== '0';) {
          const next = (await to.command({ getMore: id, collection }, TYPED)) as {
            cursor: { id: { toString(): string }; nextBatch: unknown[] };
          };
          documents.push(...next.cursor.nextBatch);
          id = next.cursor.id;
          batches += 1;
        }
        return { answer, documents, batches };
      }
    });
  });
}

/** A step with the name of its database in the place that was left for it. */
function named(value: unknown, database: string): unknown {
  if (typeof value === 'string') return value.replaceAll(DATABASE, database);
  if (Array.isArray(value)) return value.map((item) => named(item, database));
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, named(inner, database)]));
}

/** A value as it looks after it has been over the wire. */
function encoded(value: unknown): unknown {
  const { BSON } = mongoose.mongo;
  return BSON.deserialize(BSON.serialize({ value }, { ignoreUndefined: false }), TYPED)['value'];
}

function checkError({ error, command }: Step, { answer }: { answer: Doc }): string[] {
  const writeErrors = (answer['writeErrors'] ?? []) as Doc[];
  const found = error?.index === undefined ? answer : writeErrors.find((one) => Number(one['index']) === error.index);
  const failed = Number(answer['ok']) === 0 || writeErrors.length > 0;
  if (!error) return failed ? [`${Object.keys(command)[0]} failed: ${show(answer)}`] : [];
  if (found?.['code'] === undefined) return [`expected error ${error.code}, got ${show(answer)}`];
  const problems = [];
  if (Number(found['code']) !== error.code) {
    problems.push(`expected error ${error.code}, got ${show(found['code'])}: ${String(found['errmsg'])}`);
  }
  for (const text of error.mentions ?? []) {
    if (!String(found['errmsg']).includes(text)) problems.push(`'${text}' not in: ${String(found['errmsg'])}`);
  }
  return problems;
}
