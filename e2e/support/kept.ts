import type { Page } from '@playwright/test';

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
