import { type CDPSession, type Page, expect, test } from '@playwright/test';
import type { Person } from './support/person';
import { Server } from './support/server';
import { Tab } from './support/tab';
import { onServer, twoInAChat } from './support/two-people';

/** Sockets that the server has open, of everybody. */
async function socketsOn(server: Server): Promise<number> {
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  return Number(/^parlance_sockets (\d+)$/m.exec(metrics)?.[1]);
}

/** Everything that a page's script would do waits from the moment that `when` brings about, until the answered function is called. */
async function frozen(page: Page, when: (inspector: CDPSession) => Promise<unknown>): Promise<() => Promise<void>> {
  const inspector = await page.context().newCDPSession(page);
  await inspector.send('Debugger.enable');
  const paused = new Promise((resolve) => inspector.once('Debugger.paused', resolve));
  const done = when(inspector);
  await paused;
  return async () => {
    await inspector.send('Debugger.resume');
    await done;
    await inspector.detach();
  };
}

const now = (inspector: CDPSession) => inspector.send('Runtime.evaluate', { expression: 'debugger' });

declare global {
  /** When a page that had no socket first said something on one, in milliseconds since the epoch. */
  var firstSaidAt: number | undefined;
}

/** In a page that follows: notes when it has a socket of its own and speaks on it. */
function noteFirstWord(): void {
  const { prototype } = WebSocket;
  const { send } = prototype;
  prototype.send = function (data) {
    globalThis.firstSaidAt ??= Date.now();
    prototype.send = send;
    return send.call(this, data);
  };
}

/** One person with three tabs, who are one device to the server. */
test.describe('one socket for all tabs', () => {
  const server = new Server();
  let ada: Person;
  let ben: Person;
  /** Ada's, the one that leads first. */
  let tabs: Tab[];
  const texts = ({ page }: Tab) => page.getByRole('log', { name: 'Messages' }).locator('.bubble .body');
  const reconnecting = ({ page }: Tab) => page.getByText(/Reconnecting…/);
  const openTab = async (name: string) => {
    const tab = new Tab(await ada.page.context().newPage(), name);
    await tab.page.goto(ada.page.url());
    await expect(tab.composer).toBeVisible();
    return tab;
  };
  /** In every tab, once, and the last thing there. */
  const allShow = async (text: string, where = tabs) => {
    for (const tab of where) {
      await expect(texts(tab).last()).toHaveText(text);
      await expect(texts(tab).filter({ hasText: text })).toHaveCount(1);
    }
  };

  test.describe.configure({ mode: 'serial' });

  onServer(server, async (browser) => {
    [ada, ben] = await twoInAChat(browser, server);
    tabs = [new Tab(ada.page, 'first')];
    for (const name of ['second', 'third']) tabs.push(await openTab(name));
    return [ada, ben];
  });

  test('is what the server sees, and all tabs are current', async () => {
    await expect.poll(() => socketsOn(server)).toBe(2);
    expect(await Promise.all(tabs.map((tab) => tab.leads()))).toEqual([true, false, false]);
    for (const { page } of tabs) await expect(page.getByText('Active now')).toBeVisible();
    await ben.composer.pressSequentially('to all');
    await Promise.all(tabs.map(({ page }) => expect(page.getByText('is typing…').first()).toBeVisible()));
    await ben.say('to all of you');
    await allShow('to all of you');
    expect(await socketsOn(server)).toBe(2);
  });

  test('takes what is typed, edited and read in a tab that follows to the server, once', async () => {
    const [, second, third] = tabs as [Tab, Tab, Tab];
    await second.composer.fill('from one that follows');
    await second.composer.press('Enter');
    await expect(ben.log.locator('.bubble .body').last()).toHaveText('from one that follows');
    await allShow('from one that follows');
    await third.page.bringToFront();
    await third.composer.press('ArrowUp');
    await expect(third.composer).toHaveValue('from one that follows');
    await third.composer.fill('changed in another one');
    await third.composer.press('Enter');
    await expect(ben.log.locator('.bubble .body').last()).toHaveText('changed in another one');
    await allShow('changed in another one');
    await ben.say('seen?');
    await third.page.bringToFront();
    await ben.lastIs('Read');
    expect(await socketsOn(server)).toBe(2);
  });

  test('is replaced when the leading tab is closed, and nothing said meanwhile is missed', async () => {
    const [first, ...left] = tabs as [Tab, Tab, Tab];
    await Promise.all([first.page.close(), ben.say('while it closes')]);
    await allShow('while it closes', left);
    for (const tab of left) await expect(reconnecting(tab)).toHaveCount(0);
    await expect.poll(() => socketsOn(server)).toBe(2);
    tabs = [...left, await openTab('fourth')];
    await allShow('while it closes');
    expect(await Promise.all(tabs.map((tab) => tab.leads()))).toEqual([true, false, false]);
    expect(await socketsOn(server)).toBe(2);
  });

  test('is replaced in less than a second', async () => {
    const [first, ...left] = tabs as [Tab, Tab, Tab];
    for (const { page } of left) await page.evaluate(noteFirstWord);
    const closed = Date.now();
    await first.page.close();
    const spoke = async () => {
      const times = await Promise.all(left.map(({ page }) => page.evaluate(() => globalThis.firstSaidAt)));
      return times.filter((at) => at !== undefined);
    };
    await expect.poll(spoke).toHaveLength(1);
    const took = ((await spoke())[0] ?? Infinity) - closed;
    test.info().annotations.push({ type: 'the next tab speaks to the server', description: `${took} ms` });
    expect(took).toBeLessThan(1_000);
    tabs = [...left, await openTab('fifth')];
    expect(await Promise.all(tabs.map((tab) => tab.leads()))).toEqual([true, false, false]);
  });

  test('is not waited for when the leading tab is stuck', async () => {
    const [stuck, ...left] = tabs as [Tab, Tab, Tab];
    const thaw = await frozen(stuck.page, now);
    // Each of the others has one of its own then.
    await expect.poll(() => socketsOn(server)).toBe(4);
    await ben.say('can you hear me?');
    await allShow('can you hear me?', left);
    const [second] = left;
    await second.composer.fill('two of three');
    await second.composer.press('Enter');
    await expect(ben.log.locator('.bubble .body').last()).toHaveText('two of three');
    await allShow('two of three', left);
    await thaw();
    await expect.poll(() => socketsOn(server)).toBe(2);
    await allShow('two of three');
    for (const tab of tabs) await expect(reconnecting(tab)).toHaveCount(0);
  });

  test('is not waited for either when the leading tab is stuck in the middle of storing something', async () => {
    const [stuck, ...left] = tabs as [Tab, Tab, Tab];
    expect(await stuck.leads()).toBe(true);
    // As soon as the database has been asked, and before it has answered.
    await stuck.page.evaluate(() => {
      const { prototype } = IDBObjectStore;
      const { put } = prototype;
      prototype.put = function (...given) {
        if (this.name === 'outbox') {
          prototype.put = put;
          queueMicrotask(() => {
            // eslint-disable-next-line no-debugger -- where the page stands still
            debugger;
          });
        }
        return put.apply(this, given);
      };
    });
    await stuck.composer.fill('said by the stuck one');
    const thaw = await frozen(stuck.page, () => stuck.composer.press('Enter'));
    const [second] = left;
    await second.composer.fill('said beside it');
    await second.composer.press('Enter');
    await expect(second.composer).toHaveValue('');
    await expect(texts(second).last()).toHaveText('said beside it');
    await expect(ben.log.locator('.bubble .body').filter({ hasText: /^said / })).toHaveText([
      'said by the stuck one',
      'said beside it',
    ]);
    await thaw();
    await allShow('said beside it');
    for (const tab of tabs) await expect(texts(tab).filter({ hasText: 'said by the stuck one' })).toHaveCount(1);
    await expect.poll(() => socketsOn(server)).toBe(2);
  });

  test('ends with the session, and is made anew with the next one', async () => {
    const [first, second, third] = tabs as [Tab, Tab, Tab];
    await second.page.getByRole('link', { name: 'Settings' }).click();
    await second.page.getByRole('button', { name: 'Sign out' }).click();
    for (const { page } of tabs) await expect(page).toHaveURL(/sign-in/);
    await expect.poll(() => socketsOn(server)).toBe(1);
    await first.page.getByLabel('Username or e-mail').fill(ada.username);
    await first.page.getByLabel('Password', { exact: true }).fill('quiet harbour 72');
    await first.page.getByRole('button', { name: 'Sign in' }).click();
    for (const { page } of [first, second, third]) {
      await expect(page.getByRole('list', { name: 'Chats' })).toContainText('Ben Sample');
    }
    await ben.say('welcome back');
    for (const { page } of tabs) {
      await expect(page.getByRole('list', { name: 'Chats' })).toContainText('welcome back');
    }
    expect(await socketsOn(server)).toBe(2);
  });
});
