import { type Page, expect, test } from '@playwright/test';
import { randomUUID } from 'node:crypto';
import { expectFit } from './support/fit';
import type { Person } from './support/person';
import { Server } from './support/server';
import { onServer, twoInAChat } from './support/two-people';

const LONG = 'A text that goes on and on, as some do. '.repeat(20).trim();

/** What somebody who uses it every day would trip over. */
test.describe('every day', () => {
  const server = new Server();
  let ada: Person;
  let ben: Person;

  test.describe.configure({ mode: 'serial' });

  onServer(server, async (browser) => {
    [ada, ben] = await twoInAChat(browser, server);
    return [ada, ben];
  });

  const menuOf = (page: Page, text: string) => page.getByRole('button', { name: `Actions for “${text}`, exact: false });
  const note = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text });

  test('the title of the page says how much is unread, on every screen', async () => {
    const { page } = ada;
    await page.getByRole('link', { name: 'Settings' }).click();
    await expect(page).toHaveTitle('Settings · Parlance');
    await ben.say('one');
    await ben.say('two');
    await expect(page).toHaveTitle('(2) Settings · Parlance');
    await page.getByRole('link', { name: 'People', exact: true }).click();
    await expect(page).toHaveTitle('(2) People · Parlance');
    await page.getByRole('link', { name: 'Chats' }).click();
    await ada.open(ben);
    await expect(page).toHaveTitle('Chats · Parlance');
  });

  test('a chat is searched for and opened with Enter, and all the others are in sight again', async () => {
    const { page } = ada;
    const search = page.getByRole('searchbox', { name: 'Search chats' });
    await page.goto('/chats');
    await expect(ada.row(ben)).toBeVisible();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('nobody');
    await expect(page.getByText('No chat found')).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(search).toHaveValue('nobody');
    await search.fill('ben');
    await page.keyboard.press('Enter');
    await expect(ada.composer).toBeFocused();
    await expect(search).toHaveValue('');
  });

  test('a long quote ends at the edge of a phone, and of one with large letters', async () => {
    const { page } = ada;
    await ben.say(LONG);
    await expect(ada.log.getByText(LONG)).toBeVisible();
    const about = menuOf(ben.page, LONG.slice(0, 20));
    await about.click();
    await ben.page.getByRole('menuitem', { name: 'Reply' }).click();
    await ben.say('this one');
    await expect(ada.log.locator('.bubble').last().getByRole('button')).toContainText('goes on and on');
    await page.setViewportSize({ width: 320, height: 640 });
    await expectFit(page, 'quote-320');
    await page.setViewportSize({ width: 390, height: 760 });
    await page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'));
    await expectFit(page, 'quote-large');
    await page.getByRole('link', { name: 'People', exact: true }).click();
    await expect(page.getByRole('button', { name: ben.displayName })).toBeVisible();
    await expectFit(page, 'people-large');
    await page.getByRole('link', { name: 'Settings', exact: true }).click();
    await expect(page.getByText('This device', { exact: true })).toBeVisible();
    await expectFit(page, 'settings-large');
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.reload();
  });

  test('what was copied is said, and also that nothing could be copied', async () => {
    const { page } = ada;
    await page.goto('/chats');
    await ada.open(ben);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await menuOf(page, 'this one').click();
    await page.getByRole('menuitem', { name: 'Copy text' }).click();
    await expect(note(page, 'Copied.')).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('this one');
    // As over plain HTTP.
    await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
    await menuOf(page, 'this one').click();
    await page.getByRole('menuitem', { name: 'Copy text' }).click();
    await expect(note(page, 'does not let the text be copied')).toBeVisible();
  });

  test('an address in a text leads there, in a page of its own, and is nothing else', async () => {
    const address = `${server.url}/api/health/live`;
    await ben.say(`  Look at (${address}), javascript:alert(1)\n<b>and</b>  no more`);
    const body = ada.log.locator('.bubble .body').last();
    await expect(body).toHaveText(`Look at (${address}), javascript:alert(1)\n<b>and</b>  no more`, {
      useInnerText: true,
    });
    expect((await ada.texts()).at(-1)).toBe(`Look at (${address}), javascript:alert(1)\n<b>and</b>  no more`);
    await expect(body.getByRole('link')).toHaveCount(1);
    const opened = ada.page.context().waitForEvent('page');
    await body.getByRole('link', { name: address }).click();
    const page = await opened;
    await expect(page).toHaveURL(address);
    expect(await page.evaluate(() => opener === null && document.referrer === '')).toBe(true);
    await page.close();
  });

  test('in a very wide window what is said stands together, and in a low one something of it is left', async () => {
    const { page } = ada;
    await page.setViewportSize({ width: 3840, height: 2160 });
    await ada.say('in a wide window');
    const [mine, theirs] = await Promise.all(
      [ada.log.locator('.mine .bubble').last(), ada.log.locator('app-message-row:not(.mine) .bubble').last()].map(
        (bubble) => bubble.boundingBox(),
      ),
    );
    expect(mine!.x + mine!.width - theirs!.x).toBeLessThanOrEqual(1280);
    await page.setViewportSize({ width: 390, height: 400 });
    await ada.composer.fill('line\n'.repeat(20));
    await expect(ada.log.locator('.bubble').last()).toBeInViewport({ ratio: 1 });
    await ada.composer.fill('');
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  test('an accent alone can be seen, and empty lines take no room', async () => {
    for (const body of ['\u0301', '\n\n\nhere\n\n']) await ben.sendAsBot(server, { clientId: randomUUID(), body });
    await expect(ada.log.locator('.bubble .body').nth(-2)).toHaveText('\u25cc\u0301');
    await expect.poll(async () => (await ada.texts()).at(-1)).toBe('here');
    for (const { complaints } of [ada, ben]) expect(complaints).toEqual([]);
  });
});
