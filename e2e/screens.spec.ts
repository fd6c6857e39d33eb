import { expect, type Page, test } from '@playwright/test';
import { expectFit } from './support/fit';
import { Person } from './support/person';
import { Server } from './support/server';
import { onServer } from './support/two-people';

const SIZES = [
  { name: 'desktop', width: 1280, height: 800 },
  { name: 'phone', width: 390, height: 844 },
  { name: 'narrow', width: 320, height: 640 },
] as const;
const THEMES = ['light', 'dark'] as const;

/** Looks at the screen that is open, in every size and theme. */
async function inspect(page: Page, screen: string): Promise<void> {
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    for (const { name, width, height } of SIZES) {
      await page.setViewportSize({ width, height });
      await expectFit(page, `${screen}-${theme}-${name}`);
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

test.describe('every screen, in both themes and three widths', () => {
  const server = new Server({ HTTP_REQUESTS_PER_10_SECONDS: '10000' });
  let ada: Person;
  let ben: Person;

  test.describe.configure({ mode: 'serial' });

  onServer(server, async (browser) => {
    ada = await Person.arrive(browser, server, 'Ada');
    ben = await Person.arrive(browser, server, 'Ben');
    return [ada, ben];
  });

  test('sign in, empty and refused', async () => {
    await inspect(ada.page, 'sign-in');
    await ada.page.getByLabel('Username or e-mail').fill('nobody.at.all');
    await ada.page.getByLabel('Password', { exact: true }).fill('something wrong');
    await ada.page.getByRole('button', { name: 'Sign in' }).click();
    await expect(ada.page.getByRole('alert')).toContainText('do not go together');
    await expect(ada.page.getByLabel('Username or e-mail')).toHaveValue('nobody.at.all');
    await inspect(ada.page, 'sign-in-refused');
  });

  test('register, with its rules and with what the server refuses', async () => {
    await ben.register();
    await ben.chooseAvatar(1);

    await ada.page.getByRole('link', { name: 'Create an account' }).click();
    await ada.page.getByLabel('Username', { exact: true }).fill('a b');
    await expect(ada.page.getByText('Letters, digits, and _ . -, not met yet')).toBeAttached();
    await ada.page.getByLabel('Username', { exact: true }).fill(ben.username);
    await expect(ada.page.getByText('Letters, digits, and _ . -, met')).toBeAttached();
    await ada.page.getByLabel('E-mail', { exact: true }).fill('ada@example.test');
    await ada.page.getByLabel('Password', { exact: true }).fill('password123');
    await ada.page.getByRole('button', { name: 'Create account' }).click();
    await expect(ada.page.getByText(/among the first/)).toBeVisible();
    await ada.page.getByLabel('Password', { exact: true }).fill('quiet harbour 72');
    await ada.page.getByRole('button', { name: 'Create account' }).click();
    await expect(ada.page.getByLabel('Username', { exact: true })).toHaveAttribute('aria-invalid', 'true');
    await expect(ada.page.getByLabel('E-mail', { exact: true })).toHaveValue('ada@example.test');
    await inspect(ada.page, 'register-refused');
    await ada.page.goto('/sign-in');
    await ada.register();
  });

  test('choose an avatar', async () => {
    await expect(ada.page.getByRole('radio')).toHaveCount(10);
    await inspect(ada.page, 'welcome');
    await ada.chooseAvatar(2);
  });

  test('chats, empty', async () => {
    await expect(ada.page.getByRole('heading', { name: 'No chats yet' })).toBeVisible();
    await inspect(ada.page, 'chats-empty');
  });

  test('people', async () => {
    await ada.page.getByRole('link', { name: 'People', exact: true }).click();
    await expect(ada.page.getByRole('button', { name: ben.displayName })).toBeVisible();
    await inspect(ada.page, 'people');
    await ada.page.getByLabel('Search people by name').fill('zzz');
    await expect(ada.page.getByText('Nobody by that name')).toBeVisible();
    await inspect(ada.page, 'people-none');
  });

  test('a conversation, with the emoji picker and what the other writes', async () => {
    await ada.writeTo(ben);
    await ada.say('Good morning! This is the first message of a sample conversation.');
    await ada.say('And this is a second one, to see how two of them stand together.');
    await ben.open(ada);
    await ben.say('Morning! It arrives at once.');
    await expect.poll(() => ada.texts()).toHaveLength(3);
    await ada.lastIs('Read');
    await inspect(ada.page, 'conversation');

    await ada.page.getByRole('button', { name: 'Emoji' }).click();
    const smile = ada.page.getByRole('button', { name: 'grinning face', exact: true });
    await expect(smile).toBeVisible();
    await inspect(ada.page, 'emoji');
    await smile.click();
    await expect(ada.composer).toHaveValue('😀');
    await ada.composer.fill('');
  });

  test('settings', async () => {
    await ada.page.getByRole('link', { name: 'Settings' }).click();
    await expect(ada.page.getByText('This device', { exact: true })).toBeVisible();
    await inspect(ada.page, 'settings');
    await ada.page.getByRole('radio', { name: 'Dark' }).check();
    await expect(ada.page.locator('html')).toHaveAttribute('data-theme', 'dark');
    await ada.page.reload();
    await expect(ada.page.locator('html')).toHaveAttribute('data-theme', 'dark');
    await ada.page.getByRole('radio', { name: 'Like this device' }).check();
  });

  test('a profile and a photo of one’s own, seen by the other at once', async () => {
    await ada.page.getByLabel('Display name').fill('Ada Renamed');
    await ada.page.getByRole('button', { name: 'Save profile' }).click();
    await expect(ada.page.getByText('Saved.')).toBeVisible();
    await expect(ben.page.getByRole('heading', { name: 'Ada Renamed' })).toBeVisible();

    const before = await ben.page.locator('app-conversation-header img').getAttribute('src');
    await ada.page.getByRole('button', { name: 'Change avatar' }).click();
    const picture = await ada.page.screenshot({ clip: { x: 0, y: 0, width: 300, height: 200 } });
    await ada.page
      .locator('input[type=file]')
      .setInputFiles({ name: 'photo.png', mimeType: 'image/png', buffer: picture });
    await ada.page.getByRole('button', { name: 'Use this avatar' }).click();
    await expect(ada.page.getByRole('button', { name: 'Change avatar' })).toBeVisible();
    await expect(ben.page.locator('app-conversation-header img')).not.toHaveAttribute('src', before ?? '');
  });

  test('everything can be done from the keyboard', async () => {
    const { page } = ben;
    await page.goto('/chats');
    await expect(ben.row(ada)).toHaveCount(0);
    const row = page.getByRole('list', { name: 'Chats' }).getByRole('link', { name: 'Ada Renamed' });
    await expect(row).toBeVisible();
    await page.keyboard.press('Control+k');
    await page.keyboard.press('ArrowDown');
    await expect(row).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(ben.composer).toBeFocused();
    await page.keyboard.type('by keyboard alone');
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await ben.texts()).at(-1)).toBe('by keyboard alone');
  });

  test('not found', async () => {
    await ada.page.goto('/nothing/here');
    await expect(ada.page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
    await inspect(ada.page, 'not-found');
    await ada.page.goto('/chats/000000000000000000000000');
    await expect(ada.page.getByRole('heading', { name: 'This chat does not exist' })).toBeVisible();
    await inspect(ada.page, 'chat-not-found');
  });

  test('at 400 % of zoom three messages can be read at once, and what stands around them is there', async () => {
    const { page } = ben;
    await ada.page.goto('/chats');
    await ada.open(ben);
    for (const text of ['Shall we meet?', 'At the harbour.', 'I bring the coffee.']) await ada.say(text);
    await ben.say('See you there');
    await page.setViewportSize({ width: 320, height: 256 });
    const isInSight = () =>
      page.evaluate(() => {
        const sight = document.querySelector('[aria-label="Message history"]')!.getBoundingClientRect();
        return [...document.querySelectorAll('[role=log] .bubble')].filter((bubble) => {
          const { top, bottom } = bubble.getBoundingClientRect();
          return top >= sight.top && bottom <= sight.bottom;
        }).length;
      });
    await expect.poll(isInSight).toBeGreaterThanOrEqual(3);
    for (const part of [
      ben.composer,
      page.getByRole('button', { name: 'Send' }),
      page.getByRole('heading', { level: 2 }),
    ])
      await expect(part).toBeInViewport({ ratio: 1 });
    await expectFit(page, 'low-conversation');
    await page.getByRole('link', { name: 'Back to chats' }).click();
    await expectFit(page, 'low-chats');
    for (const name of ['People', 'Settings', 'Chats']) {
      await page.getByRole('link', { name, exact: true }).click();
      await expect(page.getByRole('heading', { name, exact: true })).toBeVisible();
      await expectFit(page, `low-${name.toLowerCase()}`);
    }
    // Below the search, and not in a slit of its own.
    const row = page.getByRole('list', { name: 'Chats' }).getByRole('link').first();
    await row.scrollIntoViewIfNeeded();
    await expect(row).toBeInViewport({ ratio: 1 });
    await row.click();
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  test('offline, it says so, claims to know nobody there, and keeps what is typed', async () => {
    const header = ben.page.locator('app-conversation-header');
    await expect(header).toContainText('Active now');
    await ben.page.context().setOffline(true);
    await expect(ben.page.getByText(/You are offline/)).toBeVisible();
    // Nobody tells any more whether Ada is there.
    await expect(header.locator('p')).toHaveText('');
    await expect(ben.page.locator('main app-presence-dot:not([data-state=unknown])')).toHaveCount(0);
    await ben.say('written while offline');
    await expect(ben.log.locator('app-delivery-mark').last()).toContainText('Sending');
    await inspect(ben.page, 'offline');
    await ben.page.context().setOffline(false);
    await expect(header).toContainText('Active now');
    // Whichever of them it is by now: Ada has the chat open.
    await ben.lastIs(/Sent|Delivered|Read/);

    await ben.page.getByRole('link', { name: 'People', exact: true }).click();
    const dot = ben.page.getByRole('list', { name: 'People' }).locator('app-presence-dot').first();
    await expect(dot).toHaveText('online');
    await ben.page.context().setOffline(true);
    await expect(dot).toHaveText('presence unknown');
    await inspect(ben.page, 'people-offline');
    await ben.page.context().setOffline(false);
    await expect(dot).toHaveText('online');
  });
});
