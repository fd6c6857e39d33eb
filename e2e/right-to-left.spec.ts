import { expect, type Locator, test } from '@playwright/test';
import type { Person } from './support/person';
import { Server } from './support/server';
import { onServer, twoInAChat } from './support/two-people';

/** Where the first letter and the final mark of a text stand, and what is to its left and right, in pixels. */
const placesIn = (text: Locator) =>
  text.evaluate((element) => {
    const { firstChild } = element;
    if (!firstChild?.textContent) throw new Error('There is no text.');
    const at = (index: number) => {
      const range = document.createRange();
      range.setStart(firstChild, index);
      range.setEnd(firstChild, index + 1);
      return range.getBoundingClientRect().left;
    };
    return { first: at(0), last: at(firstChild.textContent.length - 1), left: element.getBoundingClientRect().left };
  });

/** Texts in one direction among words in the other. */
test.describe('a text that runs from right to left', () => {
  const server = new Server();
  let ada: Person;
  let ben: Person;

  test.describe.configure({ mode: 'serial' });

  onServer(server, async (browser) => {
    [ada, ben] = await twoInAChat(browser, server);
    await ada.say('שלום עולם!');
    await expect(ben.log.getByText('שלום')).toBeVisible();
    return [ada, ben];
  });

  test('stands behind its label in the list, its punctuation at its end', async () => {
    const row = ada.row(ben);
    await expect(row).toContainText('You: שלום עולם!');
    const label = await row.getByText('You', { exact: true }).boundingBox();
    const { first, last, left } = await placesIn(row.getByText('שלום עולם!', { exact: true }));
    expect(label!.x + label!.width).toBeLessThanOrEqual(left);
    expect(last).toBeLessThan(first);
  });

  test('begins in a quote where the name does', async () => {
    await ben.log.locator('.bubble').last().hover();
    await ben.page.getByRole('button', { name: 'Actions for “שלום', exact: false }).click();
    await ben.page.getByRole('menuitem', { name: 'Reply' }).click();
    await ben.say('a much longer answer, in letters that run the other way');
    const quote = ada.log.locator('app-message-quote');
    const name = await placesIn(quote.getByText('Ada Sample'));
    const { first, last, left } = await placesIn(quote.getByText('שלום עולם!'));
    expect(last).toBeLessThan(first);
    expect(left).toBe(name.left);
    expect(last - left).toBeLessThan(2);
  });

  test('leaves a time among it as it is written', async () => {
    const { page } = ada;
    await page.evaluate(() => (document.documentElement.dir = 'rtl'));
    for (const time of [ada.log.locator('time').last(), ada.row(ben).locator('.time')]) {
      const { first, last } = await placesIn(time);
      expect(first).toBeLessThan(last);
    }
    await page.evaluate(() => (document.documentElement.dir = ''));
  });

  test('loses its end and not its beginning where it is too long, among the people as well', async () => {
    const name = 'שם ארוך מאוד שאין לו מקום בשורה אחת של טלפון';
    await ben.page.getByRole('link', { name: 'Settings' }).click();
    await ben.page.getByLabel('Display name').fill(name);
    await ben.page.getByRole('button', { name: 'Save profile' }).click();
    await expect(ben.page.getByText('Saved.')).toBeVisible();
    await ada.page.setViewportSize({ width: 320, height: 640 });
    await ada.page.goto('/people');
    const shown = ada.page.getByRole('list', { name: 'People' }).getByText(name);
    const box = await shown.boundingBox();
    const { first, last } = await placesIn(shown);
    expect(first).toBeLessThan(box!.x + box!.width);
    expect(last).toBeLessThan(box!.x);
  });
});
