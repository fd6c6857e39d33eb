import { expect, type Page, test } from '@playwright/test';
import { kept } from './support/kept';
import type { Person } from './support/person';
import { Server } from './support/server';
import { holdUp } from './support/stuck';
import { onServer, twoInAChat } from './support/two-people';

/** Whoever signs out leaves nothing behind, whatever state the other tabs are in. */
test.describe('signing out', () => {
  const server = new Server();
  let ada: Person;
  let ben: Person;

  test.describe.configure({ mode: 'serial' });

  onServer(server, async (browser) => {
    [ada, ben] = await twoInAChat(browser, server);
    return [ada, ben];
  });

  async function signOut(page: Page): Promise<void> {
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await expect(page).toHaveURL(/sign-in/);
  }

  test('does not wait for a tab that is stuck, which writes nothing back when it goes on', async () => {
    const { page } = ada;
    const other = await page.context().newPage();
    await other.goto(page.url());
    const composer = other.getByRole('textbox', { name: /^Message/ });
    await expect(composer).toBeVisible();
    await expect.poll(() => kept(page)).toContain('1 in runs');
    // It is about to store both a draft and what it has just been told.
    await ben.say('soon forgotten');
    await expect(other.getByRole('log').getByText('soon forgotten')).toBeVisible();
    await composer.fill('half a thought');
    const goOn = await holdUp(other);

    await signOut(page);
    expect(await kept(page)).toEqual([]);
    await goOn();
    await expect(other).toHaveURL(/sign-in/);
    expect(await kept(page)).toEqual([]);
    await other.close();
  });

  test('is finished by the next page when this one is closed over it', async () => {
    await ada.signIn();
    await ada.open(ben);
    await ada.composer.fill('half a thought');
    const context = ada.page.context();
    const leaving = await context.newPage();
    await leaving.route('**/api/auth/logout', () => undefined);
    await leaving.goto(`${server.url}/settings`);
    // Every other page of this browser is gone, too.
    const { page } = ada;
    await expect.poll(() => kept(page)).toContain('1 in runs');
    await page.goto('about:blank');
    const asked = leaving.waitForRequest('**/api/auth/logout');
    await leaving.getByRole('button', { name: 'Sign out', exact: true }).click();
    await asked;
    await leaving.close();

    await page.goto(server.url);
    await expect(page).toHaveURL(/sign-in/);
    expect(await kept(page)).toEqual([]);
    const refreshed = await context.request.post(`${server.url}/api/auth/refresh`, {
      headers: { origin: server.url },
      data: {},
    });
    expect(refreshed.status()).toBe(401);
  });

  test('leaves nothing to whoever comes next, though a tab comes back that was stuck all the while', async () => {
    const { page } = ada;
    await ada.signIn();
    await ada.open(ben);
    const other = await page.context().newPage();
    await other.goto(page.url());
    const composer = other.getByRole('textbox', { name: /^Message/ });
    await expect(composer).toBeVisible();
    await composer.fill('nobody else’s');
    const goOn = await holdUp(other);

    await signOut(page);
    await ada.signIn(ben);
    await expect(page.getByRole('link', { name: ada.displayName })).toBeVisible();
    await goOn();
    await expect(other.getByRole('link', { name: ada.displayName })).toBeVisible();
    await expect(page.getByRole('link', { name: ada.displayName })).toBeVisible();
    expect((await kept(page)).filter((what) => what.includes('text'))).toEqual([]);
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain('nobody else');
    await other.close();
  });

  test('leaves no browser with anything to complain of', () => {
    expect([...ada.complaints, ...ben.complaints]).toEqual([]);
  });
});
