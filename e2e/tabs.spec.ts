import { type Page, expect, test } from '@playwright/test';
import type { Person } from './support/person';
import { Server } from './support/server';
import { onServer, twoPeople } from './support/two-people';

/** Texts of the messages that a page puts on its socket, from now on. */
function sentBy(page: Page): string[] {
  const bodies: string[] = [];
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      const body = /"message:send",\{.*"body":"([^"]*)"/.exec(payload.toString())?.[1];
      if (body !== undefined) bodies.push(body);
    }),
  );
  return bodies;
}

/** One person with several tabs: one of them sends for all. */
test.describe('several tabs', () => {
  const server = new Server();
  let ada: Person;
  let ben: Person;

  test.describe.configure({ mode: 'serial' });

  onServer(server, async (browser) => {
    [ada, ben] = await twoPeople(browser, server);
    await ada.writeTo(ben);
    await ada.say('hello');
    await ada.lastIs('Delivered');
    return [ada, ben];
  });

  test('a message typed in any of them goes out once and stands once in each', async () => {
    const pages = [ada.page, await ada.page.context().newPage(), await ada.page.context().newPage()];
    const sent = pages.map(sentBy);
    for (const page of pages) {
      await page.goto(ada.page.url());
      await expect(page.getByRole('log', { name: 'Messages' }).locator('.bubble .body')).toHaveCount(1);
    }
    for (const [number, page] of pages.entries()) {
      const composer = page.getByRole('textbox', { name: /^Message/ });
      await composer.fill(`from tab ${number}`);
      await composer.press('Enter');
      await expect(composer).toHaveValue('');
    }
    const all = ['hello', 'from tab 0', 'from tab 1', 'from tab 2'];
    for (const page of pages) {
      const bodies = page.getByRole('log', { name: 'Messages' }).locator('.bubble .body');
      await expect.poll(async () => [...(await bodies.allTextContents())].sort()).toEqual([...all].sort());
      await expect(page.locator('app-delivery-mark').last()).toContainText(/Delivered|Sent/);
    }
    expect(sent.flat().sort()).toEqual(all.slice(1));
    // One tab alone has sent them all.
    expect(sent.filter((bodies) => bodies.length > 0)).toHaveLength(1);
    for (const page of pages.slice(1)) await page.close();
  });

  test('when the leading tab is closed, another one takes over at once', async () => {
    const leading = await ada.page.context().newPage();
    await leading.goto(ada.page.url());
    await expect(leading.getByRole('textbox', { name: /^Message/ })).toBeVisible();
    // Whoever leads now, its going makes the other one lead.
    const following = await ada.page.context().newPage();
    const sent = sentBy(following);
    await following.goto(ada.page.url());
    const composer = following.getByRole('textbox', { name: /^Message/ });
    await expect(composer).toBeVisible();
    await ada.page.close();
    await leading.close();
    await composer.fill('still here');
    await composer.press('Enter');
    await expect.poll(() => sent).toEqual(['still here']);
    await expect
      .poll(async () => (await following.locator('.bubble .body').allTextContents()).at(-1))
      .toBe('still here');
    await ben.open(ada);
    await expect.poll(async () => (await ben.texts()).filter((text) => text === 'still here')).toHaveLength(1);
  });
});
