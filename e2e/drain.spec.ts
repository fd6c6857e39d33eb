import { expect, test } from '@playwright/test';
import type { Person } from './support/person';
import { Server } from './support/server';
import { onServer, twoInAChat } from './support/two-people';

/** Events of a browser come to us over a channel of their own, a moment late; in milliseconds. */
const LATE_MS = 250;

/** A server that is stopped as an operator stops it, and started again. */
test.describe('a server that stops', () => {
  const server = new Server();
  let ada: Person;
  let ben: Person;

  onServer(server, async (browser) => {
    [ada, ben] = await twoInAChat(browser, server);
    return [ada, ben];
  });

  test('is left until the time that it has told, and what was typed meanwhile arrives once', async () => {
    const opened: number[] = [];
    const closed: number[] = [];
    let retryInMs: number | undefined;
    ada.page.on('websocket', (socket) => {
      opened.push(performance.now());
      socket.on('close', () => closed.push(performance.now()));
      socket.on('framereceived', ({ payload }) => {
        const told = /"server:draining",\{"retryInMs":(\d+)\}/.exec(payload.toString())?.[1];
        if (told) retryInMs = Number(told);
      });
    });
    await ada.page.reload();
    await expect(ada.page.getByText('Active now')).toBeVisible();

    expect(await server.stop()).toBe(0);
    await expect(ada.page.getByText(/Reconnecting…/)).toBeVisible();
    await ada.say('typed while it was away');
    await server.start();
    await expect.poll(() => ben.texts()).toEqual(['hello', 'typed while it was away']);
    await expect.poll(() => ada.texts()).toEqual(['hello', 'typed while it was away']);
    await expect(ada.page.getByText(/Reconnecting…/)).toHaveCount(0);
    expect(retryInMs).toBeGreaterThanOrEqual(500);
    const [goneAt = 0, backAt = 0] = [closed[0], opened[1]];
    expect(backAt - goneAt).toBeGreaterThanOrEqual((retryInMs ?? 0) - LATE_MS);
  });
});
