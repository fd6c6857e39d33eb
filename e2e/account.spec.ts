import { expect, test } from '@playwright/test';
import { Person } from './support/person';
import { Server } from './support/server';
import { onServer } from './support/two-people';

/** One's own account, on two devices and in two tabs. */
test.describe('an account', () => {
  const server = new Server();
  let ada: Person;

  test.describe.configure({ mode: 'serial' });

  onServer(server, async (browser) => {
    ada = await Person.arrive(browser, server, 'Ada');
    return [ada];
  });

  test('takes a photo, says which files it does not take, and shows what was picked before it is saved', async () => {
    await ada.register();
    const { page } = ada;
    const photo = await page.screenshot({ clip: { x: 0, y: 0, width: 300, height: 200 } });
    const file = page.locator('input[type=file]');
    await file.setInputFiles({ name: 'film.gif', mimeType: 'image/gif', buffer: photo });
    await expect(page.getByText('Choose a JPEG, PNG or WebP picture.')).toBeVisible();
    await file.setInputFiles({ name: 'photo.png', mimeType: 'image/png', buffer: photo });
    await expect(page.getByRole('img', { name: 'Your photo' })).toBeVisible();
    await page.getByRole('button', { name: 'Start chatting' }).click();
    // An upload is named by its content.
    await expect(page.locator('nav app-avatar img')).toHaveAttribute('src', /\/api\/avatars\/[0-9a-f]{64}$/);
  });

  test('brings somebody who signs in to where they wanted to go', async ({ browser }) => {
    const context = await browser.newContext({ baseURL: server.url });
    const page = await context.newPage();
    await page.goto('/people');
    await expect(page).toHaveURL(/sign-in\?next=%2Fpeople/);
    await page.getByLabel('Username or e-mail').fill(ada.username);
    await page.getByLabel('Password', { exact: true }).fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('alert')).toBeVisible();
    await page.getByLabel('Password', { exact: true }).fill('quiet harbour 72');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page).toHaveURL(/\/people$/);

    // And the first device can end that session: the other one is out at once.
    await ada.page.getByRole('link', { name: 'Settings' }).click();
    await ada.page.getByRole('button', { name: /End the session of/ }).click();
    await expect(page).toHaveURL(/sign-in/);
    await context.close();
  });

  test('changes its password only for who knows the present one', async () => {
    const { page } = ada;
    await page.getByLabel('Present password', { exact: true }).fill('a guess at it');
    await page.getByLabel('New password', { exact: true }).fill('another harbour 99');
    await page.getByRole('button', { name: 'Change password' }).click();
    await expect(page.getByText('This is not your present password.')).toBeVisible();
    await expect(page.getByLabel('New password', { exact: true })).toHaveValue('another harbour 99');
    await page.getByLabel('Present password', { exact: true }).fill('quiet harbour 72');
    await page.getByRole('button', { name: 'Change password' }).click();
    await expect(page.getByText('Changed. Your other devices are signed out.')).toBeVisible();
  });

  test('is left in every tab when one signs out in one of them', async () => {
    const second = await ada.page.context().newPage();
    await second.goto(`${server.url}/people`);
    await expect(second.getByRole('heading', { name: 'People' })).toBeVisible();
    await ada.page.getByRole('button', { name: 'Sign out' }).click();
    await expect(ada.page).toHaveURL(/sign-in/);
    await expect(second).toHaveURL(/sign-in/);
  });
});
