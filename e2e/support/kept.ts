import type { Page } from '@playwright/test';

/** Everything that a browser keeps for the page's origin, as one text: databases with all their stores, and storage. */
export function keptBy(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const kept: unknown[] = [{ ...localStorage }, { ...sessionStorage }];
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(new Error('The database does not answer.'));
      });
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await settled(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        kept.push([name, store, await settled(database.transaction(store).objectStore(store).getAll())]);
      }
      database.close();
    }
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const answer of await cache.matchAll()) kept.push([name, await answer.text()]);
    }
    return JSON.stringify(kept);
  });
}

/** All that the browser keeps of anybody: the names of texts, and how many records a store has that is not empty. */
export const kept = (page: Page) =>
  page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open('parlance');
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(new Error('The database cannot be opened.'));
    });
    const found: string[] = Object.keys(localStorage).filter((key) => /^parlance\.(text|user|wipe)/.test(key));
    for (const name of ['outbox', 'profile', 'lists', 'runs']) {
      const counting = database.transaction(name).objectStore(name).count();
      await new Promise((resolve) => (counting.onsuccess = resolve));
      if (counting.result > 0) found.push(`${counting.result} in ${name}`);
    }
    database.close();
    return found.sort();
  });
