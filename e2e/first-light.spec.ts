import { expect, test } from '@playwright/test';
import { kept } from './support/kept';
import { Person } from './support/person';
import { Server } from './support/server';
import { onServer } from './support/two-people';

/** The whole main job, as two people live it: from the open page to a conversation that outlives a crash. */
test.describe('two people chat', () => {
  const server = new Server();
  let ada: Person;
  let ben: Person;

  test.describe.configure({ mode: 'serial' });

  onServer(server, async (browser) => {
    ada = await Person.arrive(browser, server, 'Ada');
    ben = await Person.arrive(browser, server, 'Ben');
    return [ada, ben];
  });

  test('they register, choose avatars and see their choice', async () => {
    await ada.register();
    const chosen = await ada.page.locator('fieldset label').nth(2).locator('img').getAttribute('src');
    await ada.chooseAvatar(3);
    await expect(ada.page.locator('nav app-avatar img')).toHaveAttribute('src', chosen ?? '');
    await ben.register();
    await ben.chooseAvatar(1);
  });

  test('one finds the other, who joined later, and writes first', async () => {
    await ada.writeTo(ben);
    await expect(ada.page.getByText('Active now')).toBeVisible();
    await ada.say('Hello Ben');
    await ada.say('Shall we try this?');
    await ada.lastIs('Delivered');
  });

  test('the other has it in the list at once, unread, and reads it', async () => {
    await expect(ben.row(ada)).toContainText('Shall we try this?');
    await expect(ben.row(ada)).toContainText('2 unread');
    await ben.open(ada);
    await expect.poll(() => ben.texts()).toEqual(['Hello Ben', 'Shall we try this?']);
    await expect(ben.log.getByText('New', { exact: true })).toBeVisible();
    await ada.lastIs('Read');
    await expect(ben.row(ada)).not.toContainText('unread');
  });

  test('typing is shown while it happens, and the answer arrives', async () => {
    await ben.composer.pressSequentially('I am typing', { delay: 60 });
    await expect(
      ada.page.getByText('Ben Sample is typing…').or(ada.page.getByText('typing…').first()).first(),
    ).toBeVisible();
    await ben.composer.press('Enter');
    await expect.poll(() => ada.texts()).toEqual(['Hello Ben', 'Shall we try this?', 'I am typing']);
    await ben.lastIs('Read');
  });

  test('presence follows whoever leaves and comes back', async () => {
    await ben.page.goto('about:blank');
    await expect(ada.page.locator('app-conversation-header')).not.toContainText('Active now');
    await ben.page.goto(`${server.url}/chats`);
    await expect(ada.page.locator('app-conversation-header')).toContainText('Active now');
    await ben.open(ada);
  });

  test('a draft stays with its conversation over a reload', async () => {
    await ada.composer.fill('not ready yet');
    await ada.page.reload();
    await expect(ada.composer).toHaveValue('not ready yet');
    await ada.composer.fill('');
    await expect.poll(() => ada.texts()).toEqual(['Hello Ben', 'Shall we try this?', 'I am typing']);
  });

  test('kill -9 in the middle loses nothing that was acknowledged, and what was typed meanwhile arrives once', async () => {
    for (let number = 1; number <= 5; number += 1) await ada.say(`before ${number}`);
    await ada.lastIs('Read');
    await server.kill();
    await expect(ada.page.getByText(/Reconnecting|You are offline/)).toBeVisible();

    for (let number = 1; number <= 3; number += 1) await ada.say(`during ${number}`);
    await ben.say('from the other side');
    await expect(ada.log.locator('app-delivery-mark').last()).toContainText('Sending');
    // What waits survives the browser too.
    await ada.page.goto('about:blank');

    await server.start();
    await ada.page.goto(`${server.url}/chats`);
    await ada.open(ben);
    const everything = [
      ...['Hello Ben', 'Shall we try this?', 'I am typing'],
      ...[1, 2, 3, 4, 5].map((number) => `before ${number}`),
    ];
    await expect.poll(async () => (await ada.texts()).length, { timeout: 40_000 }).toBe(everything.length + 4);
    await expect.poll(async () => (await ben.texts()).length, { timeout: 40_000 }).toBe(everything.length + 4);

    const seen = await ada.texts();
    expect(seen.slice(0, everything.length)).toEqual(everything);
    expect(seen.filter((text) => text.startsWith('during'))).toEqual(['during 1', 'during 2', 'during 3']);
    expect(seen.filter((text) => text === 'from the other side')).toHaveLength(1);
    expect(await ben.texts()).toEqual(seen);

    await ada.say('and after');
    await expect.poll(async () => (await ben.texts()).at(-1)).toBe('and after');
  });

  test('a message shows in its own conversation and nowhere else', async ({ browser }) => {
    const cleo = await Person.arrive(browser, server, 'Cleo');
    await cleo.register();
    await cleo.chooseAvatar(2);
    await cleo.writeTo(ada);
    await cleo.say('a word from Cleo');

    await expect(ada.row(cleo)).toContainText('a word from Cleo');
    expect(await ada.texts()).not.toContain('a word from Cleo');
    await ada.open(cleo);
    await expect.poll(() => ada.texts()).toEqual(['a word from Cleo']);
    await cleo.page.context().close();
  });

  test('a second tab gets everything too, and a message sent in one shows in both', async () => {
    const second = await ada.page.context().newPage();
    await second.goto(ada.page.url());
    const bodies = second.getByRole('log', { name: 'Messages' }).locator('.bubble .body');
    await expect(bodies).toHaveCount(1);
    await ada.say('to both tabs');
    await expect(bodies).toHaveCount(2);
    await expect.poll(() => ada.texts()).toEqual(['a word from Cleo', 'to both tabs']);
    await second.close();
  });

  test('signing out leaves nothing behind, and signing in brings the conversations back', async () => {
    await ada.page.getByRole('link', { name: 'Settings' }).click();
    await ada.page.getByRole('button', { name: 'Sign out' }).click();
    await expect(ada.page).toHaveURL(/sign-in/);
    expect(await kept(ada.page)).toEqual([]);
    await ada.signIn();
    await expect(ada.row(ben)).toContainText('and after');
  });

  test('the server stops cleanly when it is asked to', async () => {
    expect(await server.stop()).toBe(0);
  });

  test('no browser had anything to complain of', () => {
    expect({ ada: ada.complaints, ben: ben.complaints }).toEqual({ ada: [], ben: [] });
  });
});
