import { expect, type Locator, test } from '@playwright/test';
import { expectFit } from './support/fit';
import { keptBy } from './support/kept';
import type { Person } from './support/person';
import { Server } from './support/server';
import { onServer, twoPeople } from './support/two-people';

/** What can be done with a message that was sent, seen from both sides. */
test.describe('a message that was sent', () => {
  const server = new Server();
  let ada: Person;
  let ben: Person;

  test.describe.configure({ mode: 'serial' });

  onServer(server, async (browser) => {
    const permissions = ['clipboard-read', 'clipboard-write'];
    [ada, ben] = await twoPeople(browser, server, { permissions });
    await ada.writeTo(ben);
    await ada.say('Shall we meet at nine?');
    await ada.say('My number is 12345');
    await ben.open(ada);
    await ben.say('Good morning');
    return [ada, ben];
  });

  /** By what it says itself, not by what it answers. */
  const bubble = (person: Person, text: string): Locator =>
    person.log.locator('.bubble').filter({ has: person.page.locator('.body', { hasText: text }) });
  const menuOf = (person: Person, text: string): Locator =>
    person.page.getByRole('button', { name: `Actions for “${text}`, exact: false });

  async function choose(person: Person, text: string, action: string): Promise<void> {
    await bubble(person, text).hover();
    await menuOf(person, text).click();
    await person.page.getByRole('menuitem', { name: action }).click();
  }

  test('is changed in the composer, and the other sees the change', async () => {
    await ada.composer.fill('half a thought');
    await choose(ada, 'Shall we meet', 'Edit');
    await expect(ada.composer).toHaveValue('Shall we meet at nine?');
    await expect(ada.composer).toBeFocused();
    await ada.composer.fill('Shall we meet at ten?');
    await ada.composer.press('Enter');
    for (const person of [ada, ben]) {
      await expect(bubble(person, 'Shall we meet at ten?')).toBeVisible();
      await expect(bubble(person, 'at nine')).toHaveCount(0);
    }
    await expect(ben.log.getByText('edited').first()).toBeVisible();
    // The draft was not touched.
    await expect(ada.composer).toHaveValue('half a thought');
    await ada.composer.fill('');
  });

  test('is changed by keyboard alone, and Escape leaves it as it was', async () => {
    await expect(bubble(ada, 'Good morning')).toBeVisible();
    await ada.composer.press('ArrowUp');
    await expect(ada.composer).toHaveValue('My number is 12345');
    await ada.composer.fill('My number is a secret');
    await ada.composer.press('Escape');
    await expect(ada.composer).toHaveValue('');
    await expect(bubble(ada, 'My number is 12345')).toBeVisible();

    // From the composer one step back is the last message's button; arrows lead to the others.
    await menuOf(ada, 'Good morning').focus();
    await ada.page.keyboard.press('ArrowUp');
    await expect(menuOf(ada, 'My number')).toBeFocused();
    await ada.page.keyboard.press('Enter');
    await expect(ada.page.getByRole('menuitem', { name: 'Reply' })).toBeFocused();
    await ada.page.keyboard.press('End');
    await expect(ada.page.getByRole('menuitem', { name: 'Delete' })).toBeFocused();
    await ada.page.keyboard.press('Escape');
    await expect(menuOf(ada, 'My number')).toBeFocused();
    await expect(ada.page.getByRole('menu')).toHaveCount(0);
  });

  test('is answered, and the answer leads back to it', async () => {
    await choose(ben, 'Shall we meet', 'Reply');
    await expect(ben.page.getByText('Answering Ada Sample')).toBeVisible();
    await ben.page.reload();
    await expect(ben.page.getByText('Answering Ada Sample')).toBeVisible();
    await ben.say('Ten is fine');
    for (const person of [ada, ben]) {
      const answer = bubble(person, 'Ten is fine');
      await expect(answer.getByRole('button')).toContainText('Shall we meet at ten?');
      await answer.getByRole('button').click();
      await expect(
        person.log
          .locator('.bubble')
          .filter({ hasText: /^Ada Sample: |^You: / })
          .first(),
      ).toBeFocused();
    }
    await expect(ben.page.getByText('Answering')).toHaveCount(0);
  });

  test('is copied', async () => {
    await choose(ada, 'Good morning', 'Copy text');
    await expect.poll(() => ada.page.evaluate(() => navigator.clipboard.readText())).toBe('Good morning');
  });

  test('offers for what others said neither change nor deletion', async () => {
    await bubble(ada, 'Good morning').hover();
    await menuOf(ada, 'Good morning').click();
    await expect(ada.page.getByRole('menuitem')).toHaveText(['Reply', 'Copy text']);
    await ada.page.keyboard.press('Escape');
  });

  test('is deleted after one has said so twice, and is nowhere then', async () => {
    await choose(ben, 'My number', 'Reply');
    await ben.say('Thanks for the number');
    await expect(bubble(ada, 'Thanks for the number').getByRole('button')).toContainText('12345');
    // Both browsers keep it for the next visit.
    for (const { page } of [ada, ben]) await expect.poll(() => keptBy(page)).toContain('12345');
    const number = (person: Person) => bubble(person, 'My number is 12345');
    await number(ada).hover();
    await menuOf(ada, 'My number').click();
    await ada.page.getByRole('menuitem', { name: 'Delete' }).click();
    await ada.page.getByRole('button', { name: 'Keep it' }).click();
    await expect(number(ada)).toBeVisible();
    await number(ada).hover();
    await menuOf(ada, 'My number').click();
    await ada.page.getByRole('menuitem', { name: 'Delete' }).click();
    await ada.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await expect(ada.composer).toBeFocused();
    for (const person of [ada, ben]) {
      await expect(person.log.getByText('This message was deleted.').first()).toBeVisible();
      await expect(bubble(person, 'Thanks for the number').getByRole('button')).toContainText('was deleted');
      expect(await person.page.content()).not.toContain('12345');
      await expect.poll(() => keptBy(person.page)).not.toContain('12345');
      expect(await keptBy(person.page)).toContain('Thanks for the number');
    }
  });

  test('is asked about, and changed, as it is by now, and no more once another device has deleted it', async () => {
    await ada.say('said on one device');
    const other = await ada.page.context().newPage();
    await other.goto(ada.page.url());
    const otherMenu = other.getByRole('button', { name: 'Actions for “said on', exact: false });
    await otherMenu.click();
    await other.getByRole('menuitem', { name: 'Delete' }).click();
    await expect(other.getByRole('dialog')).toContainText('said on one device');
    await ada.page.bringToFront();
    await ada.composer.press('ArrowUp');
    await ada.composer.fill('said on two devices');
    await ada.composer.press('Enter');
    await expect(other.getByRole('dialog')).toContainText('said on two devices');

    await ada.composer.press('ArrowUp');
    await ada.composer.fill('said on three');
    await other.bringToFront();
    await other.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await ada.page.bringToFront();
    const note = ada.page.getByRole('status').filter({ hasText: 'What you typed is still here.' });
    await expect(note).toBeVisible();
    await expect(ada.composer).toHaveValue('said on three');
    await expect(ada.page.getByText('Change your message')).toHaveCount(0);
    await ada.say('said on three');

    await other.bringToFront();
    await other.getByRole('button', { name: 'Actions for “said on three', exact: false }).click();
    await other.getByRole('menuitem', { name: 'Delete' }).click();
    await ada.page.bringToFront();
    await choose(ada, 'said on three', 'Delete');
    await ada.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await other.bringToFront();
    await expect(other.getByRole('dialog')).toHaveCount(0);
    await expect(other.getByRole('status').filter({ hasText: 'This message was deleted meanwhile.' })).toBeVisible();
    await expect(other.getByRole('textbox', { name: /^Message/ })).toBeFocused();
    await other.close();
  });

  test('stays in sight at the end while one writes many lines', async () => {
    const { page } = ada;
    await page.setViewportSize({ width: 1280, height: 500 });
    // More than there is room for.
    await ada.say('line\n'.repeat(20));
    await ada.say('the end');
    const last = ada.log.locator('.bubble').last();
    await expect(last).toBeInViewport();
    await ada.composer.focus();
    for (const line of ['one', 'two', 'three', 'four', 'five', 'six']) {
      await page.keyboard.type(line);
      await page.keyboard.press('Shift+Enter');
      // Two frames: one for the field, and one for what it has displaced.
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
      await expect(last).toBeInViewport({ ratio: 1 });
    }
    await expect(page.getByRole('button', { name: 'Jump to latest' })).toHaveCount(0);
    await ada.composer.fill('');
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  test('is out of its open menu when another device deletes it, and the focus is on it', async () => {
    await ada.say('soon to go');
    const other = await ada.page.context().newPage();
    await other.goto(ada.page.url());
    await ada.page.bringToFront();
    await choose(ada, 'soon to go', 'Delete');
    await other.bringToFront();
    await other.getByRole('button', { name: 'Actions for “soon to go', exact: false }).click();
    await expect(other.getByRole('menuitem', { name: 'Reply' })).toBeFocused();
    await ada.page.bringToFront();
    await ada.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await other.bringToFront();
    await expect(other.getByRole('menu')).toHaveCount(0);
    await expect(other.locator('.bubble').last()).toBeFocused();
    await other.close();
  });

  test('cannot be changed without a connection: it says so, and what was typed stays', async () => {
    await ada.page.context().setOffline(true);
    await choose(ada, 'Shall we meet', 'Edit');
    await ada.composer.fill('Shall we meet at eleven?');
    await ada.composer.press('Enter');
    await expect(ada.page.getByRole('alert')).toContainText('still here');
    await expect(ada.composer).toHaveValue('Shall we meet at eleven?');
    await ada.page.context().setOffline(false);
    await expect(async () => {
      await ada.composer.press('Enter');
      await expect(bubble(ben, 'at eleven')).not.toHaveCount(0, { timeout: 500 });
    }).toPass({ timeout: 20_000 });
  });

  for (const [theme, width] of [
    ['light', 1280],
    ['dark', 320],
  ] as const) {
    test(`is fit for everybody: ${theme}, ${width} px`, async () => {
      const { page } = ada;
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme: theme });
      const fit = (name: string) => expectFit(page, `message-${name}-${theme}-${width}`);
      await bubble(ada, 'Good morning').hover();
      await menuOf(ada, 'Good morning').click();
      await fit('menu');
      await page.getByRole('menuitem', { name: 'Reply' }).click();
      await fit('reply');
      await ada.composer.press('Escape');
      await ada.composer.press('ArrowUp');
      await fit('edit');
      await ada.composer.press('Escape');
      await bubble(ada, 'Shall we meet').hover();
      await menuOf(ada, 'Shall we meet').click();
      await page.getByRole('menuitem', { name: 'Delete' }).click();
      await fit('delete');
      await page.getByRole('button', { name: 'Keep it' }).click();
    });
  }

  test('leaves no browser with anything to complain of', () => {
    expect([...ada.complaints, ...ben.complaints]).toEqual([]);
  });
});
