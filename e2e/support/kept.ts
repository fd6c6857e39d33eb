import type { Page } from '@playwright/test';

/** What a browser keeps for the page's origin, by where it stands: texts of storage and of caches, records of databases. */
async function placesOf(page: Page): Promise<[place: string, kept: unknown[]][]> {
  return page.evaluate(async () => {
    const places: [string, unknown[]][] = [localStorage, sessionStorage].flatMap((storage) =>
      Object.entries(storage).map(([key, text]): [string, unknown[]] => [key, [text]]),
    );
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(new Error('The database does not answer.'));
      });
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await settled(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        places.push([store, await settled(database.transaction(store).objectStore(store).getAll())]);
      }
      database.close();
    }
    for (const name of await caches.keys()) {
      const answers = await (await caches.open(name)).matchAll();
      places.push([name, await Promise.all(answers.map((answer) => answer.text()))]);
    }
    return places;
  });
}

/** Everything that a browser keeps for the page's origin, as one text. */
export const keptBy = async (page: Page): Promise<string> => JSON.stringify(await placesOf(page));

/** All that the browser keeps of anybody: the names of texts, and how many records a store has that is not empty. */
export async function kept(page: Page): Promise<string[]> {
  const places = await placesOf(page);
  const texts = places.flatMap(([place]) => (/^parlance\.(text|user|wipe)/.test(place) ? [place] : []));
  const records = places
    .filter(([place, { length }]) => ['outbox', 'profile', 'lists', 'runs'].includes(place) && length > 0)
    .map(([place, { length }]) => `${length} in ${place}`);
  return [...texts, ...records].sort();
}
