import { expect, test } from '@playwright/test';
import type { Person } from './support/person';
import { Server } from './support/server';
import { Tab } from './support/tab';
import { onServer, twoInAChat } from './support/two-people';

/** One person writes in one conversation, in two tabs that stand beside each other. */
test.describe('a draft in two tabs', () => {
  const server = new Server();
  let ada: Person;
  let first: Tab;
  let second: Tab;

  test.describe.configure({ mode: 'serial' });

  onServer(server, async (browser) => {
    const people = await twoInAChat(browser, server);
    [ada] = people;
    first = new Tab(ada.page, 'first');
    second = new Tab(await ada.page.context().newPage(), 'second');
    await second.page.goto(ada.page.url());
    await expect(second.composer).toBeVisible();
    return people;
  });

  const bodies = ({ page }: Tab) => page.getByRole('log', { name: 'Messages' }).locator('.bubble .body');
  const inBoth = async (text: string | RegExp) => {
    for (const { composer } of [first, second]) await expect(composer).toHaveValue(text);
  };

  test('can be begun in one and ended in the other', async () => {
    await first.composer.pressSequentially('begun here');
    await inBoth('begun here');
    await second.page.bringToFront();
    await second.composer.press('End');
    await second.composer.pressSequentially(', ended there');
    await inBoth('begun here, ended there');
  });

  test('is gone from both once it was sent from one, and does not come back', async () => {
    await second.composer.press('Enter');
    await inBoth('');
    for (const tab of [first, second]) await expect(bodies(tab).last()).toHaveText('begun here, ended there');
    await first.page.bringToFront();
    await first.page.reload();
    await expect(bodies(first).last()).toHaveText('begun here, ended there');
    await inBoth('');
    await first.composer.press('End');
    await first.composer.pressSequentially('next');
    await inBoth('next');
    await first.composer.fill('');
    await inBoth('');
  });

  test('loses nothing of what is typed in both at a time, and changes under nobody’s hands', async () => {
    // The first one is not stored yet when somebody begins in the second, and is stored while they type.
    await first.composer.pressSequentially('from the first');
    await second.page.bringToFront();
    await second.composer.pressSequentially('and a longer one from the second', { delay: 30 });
    await expect(second.composer).toHaveValue(/and a longer one from the second$/);
    await inBoth('from the first\nand a longer one from the second');
    for (const { page } of [first, second]) await page.reload();
    await inBoth('from the first\nand a longer one from the second');
  });

  test('stays what one types while the one before is sent from the other tab', async () => {
    await first.page.bringToFront();
    await first.composer.fill('sent from the first');
    await inBoth('sent from the first');
    await second.page.bringToFront();
    await second.composer.fill('typed in the second');
    await first.composer.press('Enter');
    await expect(bodies(second).last()).toHaveText('sent from the first');
    await inBoth('typed in the second');
    await second.composer.press('Enter');
    await inBoth('');
    await expect(bodies(first).filter({ hasText: 'sent from the first' })).toHaveCount(1);
    await expect(bodies(first).last()).toHaveText('typed in the second');
    expect(ada.complaints).toEqual([]);
  });

  test('has what it answers in both, and in none once it was sent', async () => {
    const answering = ({ page }: Tab) => page.getByRole('status').filter({ hasText: 'Answering' });
    await first.page.bringToFront();
    await first.page.getByRole('button', { name: 'Actions for “hello”' }).click();
    await first.page.getByRole('menuitem', { name: 'Reply' }).click();
    await first.composer.pressSequentially('an answer');
    await inBoth('an answer');
    for (const tab of [first, second]) await expect(answering(tab)).toContainText('hello');
    await second.page.bringToFront();
    await second.composer.press('Enter');
    for (const tab of [first, second]) {
      await expect(answering(tab)).toHaveCount(0);
      await expect(tab.page.locator('.bubble').last()).toContainText('hello');
    }
    await inBoth('');
  });
});
