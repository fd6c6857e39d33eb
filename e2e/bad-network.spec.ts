import { type Page, expect, test } from '@playwright/test';
import { FlakyProxy } from '../test/faults/harness/flaky-proxy';
import { chosenSeed, randomOf } from '../test/faults/harness/random';
import { Person } from './support/person';
import { Server } from './support/server';

/** The first part of the promise as people see it: what was typed stands once, in one order, on every screen. */
test.describe('a bad network', () => {
  const random = randomOf(chosenSeed());
  let server: Server;
  let proxy: FlakyProxy;
  let ada: Person;
  let ben: Person;

  test.describe.configure({ mode: 'serial' });

  test.beforeAll(async ({ browser }) => {
    proxy = new FlakyProxy(() => ({ host: '127.0.0.1', port: Number(new URL(server.url).port) }), random);
    await proxy.listen();
    server = new Server({
      PUBLIC_ORIGIN: proxy.url,
      SOCKET_PING_SECONDS: '1',
      SOCKET_PING_TIMEOUT_SECONDS: '2',
      SOCKET_SENDS_PER_SECOND: '100',
      SOCKET_SENDS_BURST: '100',
      SOCKET_EVENTS_PER_SECOND: '200',
      SOCKET_EVENTS_BURST: '200',
      HTTP_REQUESTS_PER_10_SECONDS: '10000',
    });
    await server.start();
    const seen = { url: proxy.url } as Server;
    ada = await Person.arrive(browser, seen, 'Ada');
    await ada.register();
    await ada.chooseAvatar(1);
    ben = await Person.arrive(browser, seen, 'Ben');
    await ben.register();
    await ben.chooseAvatar(2);
    await ada.writeTo(ben);
    await ada.say('hello');
    await ben.open(ada);
  });

  test.afterAll(async () => {
    await Promise.all([ada, ben].map((person) => person?.page.context().close()));
    await proxy.end();
    await server.dispose();
  });

  const composerOf = (page: Page) => page.getByRole('textbox', { name: /^Message/ });
  const bodiesOf = (page: Page) => page.getByRole('log', { name: 'Messages' }).locator('.bubble .body');

  async function say(page: Page, text: string): Promise<void> {
    await composerOf(page).fill(text);
    await composerOf(page).press('Enter');
    await expect(composerOf(page)).toHaveValue('');
  }

  test('two people with two tabs each see everything once and in one order', async () => {
    test.setTimeout(120_000);
    const pages: Page[] = [];
    for (const { page } of [ada, ben]) {
      const second = await page.context().newPage();
      await second.goto(page.url());
      await expect(bodiesOf(second)).toHaveCount(1);
      pages.push(page, second);
    }
    const typed = ['hello'];
    const lines: string[][] = pages.map(() => []);
    const harms = [
      () => proxy.cut(),
      () => proxy.swallowAnswers(0.7),
      () => proxy.halfOpen(0.5),
      () => (proxy.weather = { delay: [0, 120] }),
      () => proxy.blackHole(0.5),
      () => (proxy.weather = {}),
    ];
    for (const [round, harm] of harms.entries()) {
      for (const [number, page] of pages.entries()) {
        const text = `text ${round} of tab ${number}`;
        await say(page, text);
        typed.push(text);
        lines[number]?.push(text);
        // The network goes bad while the answer is on its way.
        if (number === round % pages.length) harm();
      }
      if (round === 2) await pages[1]?.reload();
    }
    for (const page of pages) {
      await expect
        .poll(async () => (await bodiesOf(page).allTextContents()).length, { timeout: 45_000 })
        .toBe(typed.length);
      await expect(page.locator('app-delivery-mark').filter({ hasText: /Sending|Failed/ })).toHaveCount(0, {
        timeout: 45_000,
      });
    }
    const orders = await Promise.all(pages.map((page) => bodiesOf(page).allTextContents()));
    expect([...(orders[0] ?? [])].sort()).toEqual([...typed].sort());
    for (const order of orders) expect(order).toEqual(orders[0]);
    for (const line of lines) expect(orders[0]?.filter((text) => line.includes(text))).toEqual(line);
    for (const page of [pages[1], pages[3]]) await page?.close();
  });

  test('a reload while nothing answers shows what was there, and says that it is not connected', async () => {
    const { page } = ada;
    // What the browser still holds open from before leads nowhere.
    proxy.weather = {};
    proxy.cut();
    await expect(page.getByText(/Reconnecting/i)).toHaveCount(0);
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
                const reading = opening.result.transaction('runs').objectStore('runs').getAll();
                reading.onsuccess = () => {
                  opening.result.close();
                  resolve(JSON.stringify(reading.result).includes(JSON.stringify(last)));
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
    await expect(page.getByText(/Reconnecting|Connecting|Offline/i).first()).toBeVisible();
    await say(page, 'typed while nothing answers');
    await expect(page.locator('app-delivery-mark').last()).toContainText('Sending');
    isCut = false;
    await page.unrouteAll();
    await page.reload();
    await expect.poll(() => ben.texts()).toContain('typed while nothing answers');
    await expect(bodiesOf(page)).toHaveCount(before.length + 1);
    await expect(page.locator('app-delivery-mark').last()).toContainText(/Sent|Delivered|Read/);
  });
});
