import type { LocalDatabase } from '../local-database';

/** Every record of somebody's that the browser keeps, whosever it is. */
export async function allRecords(database: LocalDatabase): Promise<unknown[]> {
  const opened = await database.open();
  const stores = (['outbox', 'profile', 'lists', 'runs'] as const).map((name) => opened.getAll(name));
  return (await Promise.all<unknown[]>(stores)).flat();
}
