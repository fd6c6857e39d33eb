import { type Page, expect, test } from '@playwright/test';
import type { Person } from './support/person';
import { Server } from './support/server';
import { onServer, twoInAChat } from './support/two-people';

/** What a device has kept is on the screen without a network, is never shown as current, and nothing typed is lost. */
test.describe('a network that is gone', () => {
  const server = new Server();
  let ada: Person;
  let ben: Person;

  onServer(server, async (browser) => {
    [ada, ben] = await twoInAChat(browser, server);
    return [ada, ben];
  });

  const composerOf = (page: Page) => page.getByRole('textbox', { name: /^Message/ });
  const bodiesOf = (page: Page) => page.getByRole('log', { name: 'Messages' }).locator('.bubble .body');

  async function say(page: Page, text: string): Promise<void> {
    await composerOf(page).fill(text);
    await composerOf(page).press('Enter');
    await expect(composerOf(page)).toHaveValue('');
  }

  test('a reload while nothing answers shows what was there, and says that it is not connected', async () => {
    const { page } = ada;
    const before = await ada.texts();
    // What the browser keeps is stored when it has been quiet for a moment.
    await expect
      .poll(() =>
        page.evaluate(
          (last) =>
            new Promise<boolean>((resolve, reject) => {
              const opening = indexedDB.open('parlance');
              opening.onerror = () => reject(new Error('no database'));
              opening.onsuccess = () => {
                const kept = opening.result.transaction(['lists', 'runs']);
                const readings = [kept.objectStore('lists').getAll(), kept.objectStore('runs').getAll()];
                kept.oncomplete = () => {
                  opening.result.close();
                  resolve(readings.every(({ result }) => JSON.stringify(result).includes(JSON.stringify(last))));
                };
              };
            }),
          before.at(-1),
        ),
      )
      .toBe(true);
    await page.route('**/api/**', (route) => route.abort());
    let isCut = true;
    await page.routeWebSocket('**/socket.io/**', (socket) => void (isCut ? socket.close() : socket.connectToServer()));
    await page.reload();
    await expect(bodiesOf(page)).toHaveCount(before.length);
    expect(await ada.texts()).toEqual(before);
    await expect(ada.row(ben)).toContainText(before.at(-1) ?? '');
    await expect(page.getByText(/Connecting… You see what this device knew last/)).toBeVisible();
    await say(page, 'typed while nothing answers');
    await expect(page.locator('app-delivery-mark').last()).toContainText('Sending');
    isCut = false;
    await page.unrouteAll();
    await page.reload();
    await expect.poll(() => ben.texts()).toContain('typed while nothing answers');
    await expect(bodiesOf(page)).toHaveCount(before.length + 1);
    await expect(page.locator('app-delivery-mark').last()).toContainText(/Sent|Delivered|Read/);
  });

  test('leaves every screen within reach, and the emoji; people are there by themselves when it is back', async () => {
    const { page } = ada;
    // Nothing of what is loaded beforehand is on its way any more.
    await page.reload({ waitUntil: 'networkidle' });
    await expect(composerOf(page)).toBeVisible();
    await page.waitForLoadState('networkidle');
    await page.context().setOffline(true);
    await page.getByRole('button', { name: 'Emoji' }).click();
    await page.getByLabel('Search emoji').fill('anchor');
    await page.getByRole('button', { name: 'anchor', exact: true }).click();
    await expect(composerOf(page)).toHaveValue('⚓️');
    for (const screen of ['Settings', 'Chats', 'People']) {
      await page.getByRole('link', { name: screen, exact: true }).click();
      await expect(page.getByRole('heading', { name: screen, exact: true })).toBeVisible();
    }
    await expect(page.getByText('The server cannot be reached.')).toBeVisible();
    await page.context().setOffline(false);
    await expect(page.getByRole('list', { name: 'People' }).getByText(ben.displayName)).toBeVisible();
    await expect(page.getByText('The server cannot be reached.')).toHaveCount(0);
  });
});
