import { beforeAll } from 'vitest';
import { serverForFile } from './support.js';

/*
 * The stages in which MongoDB lays out a plan. What it adds to them (hashes, times) is not compared.
 */

export type Doc = Record<string, unknown>;
export interface Explained extends Doc {
  queryPlanner: { winningPlan: Doc; parsedQuery: Doc };
  executionStats: { executionStages: Doc } & Doc;
}

/** A server with a collection `c` of twenty documents and two indexes, and what explains commands on it. */
export function explainer() {
  const server = serverForFile();
  const explain = (command: Doc, verbosity?: string): Promise<Explained> =>
    server.db.command({ explain: command, ...(verbosity ? { verbosity } : {}) }) as Promise<Explained>;
  const plan = async (command: Doc): Promise<Doc> => (await explain(command)).queryPlanner.winningPlan;
  const stats = async (command: Doc): Promise<Doc> => (await explain(command)).executionStats.executionStages;

  /** The names of the stages from the outermost to the one that reads. */
  async function names(command: Doc): Promise<string> {
    const found: unknown[] = [];
    let stage: Doc | undefined = await plan(command);
    for (; stage; stage = stage['inputStage'] as Doc | undefined) found.push(stage['stage']);
    return found.join(' < ');
  }

  beforeAll(async () => {
    await server.db.collection('c').createIndexes([{ key: { a: 1, b: -1 } }, { key: { u: 1 }, unique: true }]);
    const documents = Array.from({ length: 20 }, (_, i) => ({ _id: i, a: i % 4, b: i, u: `u${i}`, c: i % 2 }));
    await server.db.collection<{ _id: number }>('c').insertMany(documents);
  });
  return { server, explain, plan, stats, names };
}
