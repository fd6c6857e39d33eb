import { expect, test } from '@playwright/test';
import { randomUUID } from 'node:crypto';
import type { Person } from './support/person';
import { Server } from './support/server';
import { onServer, twoInAChat } from './support/two-people';

const UNSEEN = 'A message without visible text.';
/** Bots may send what the composer would not: the server refuses white space alone. */
const TEXTS = ['\u200b\u200d', '\u3164', '\u202e'];

test.describe('a message of which nothing can be seen', () => {
  const server = new Server();
  let ada: Person;
  let ben: Person;

  test.describe.configure({ mode: 'serial' });

  onServer(server, async (browser) => {
    [ada, ben] = await twoInAChat(browser, server);
    return [ada, ben];
  });

  test('says so in its bubble, in the list and to a screen reader', async () => {
    for (const body of TEXTS) await ben.sendAsBot(server, { clientId: randomUUID(), body });
    await expect(ada.log.locator('.bubble').filter({ hasText: UNSEEN })).toHaveCount(TEXTS.length);
    await expect(ada.log.locator('.bubble').last()).toHaveText(`Ben Sample: ${UNSEEN}`);
    await expect(ada.row(ben)).toContainText(UNSEEN);
    await expect(ada.page.getByRole('button', { name: `Actions for “${UNSEEN}”` })).toHaveCount(TEXTS.length);
  });

  test('says so where it is answered', async () => {
    const menu = ada.page.getByRole('button', { name: `Actions for “${UNSEEN}”` }).last();
    await menu.click();
    await ada.page.getByRole('menuitem', { name: 'Reply' }).click();
    await expect(ada.page.getByRole('status').filter({ hasText: 'Answering' })).toContainText(UNSEEN);
    await ada.say('What was that?');
    await expect(ben.log.locator('.bubble').last().getByRole('button')).toContainText(UNSEEN);
  });
});
