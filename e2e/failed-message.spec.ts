import { expect, type Locator, type Page, test } from '@playwright/test';
import type { Person } from './support/person';
import { Server } from './support/server';
import { withoutMessage } from './support/store';
import { onServer, twoInAChat } from './support/two-people';

/** How often a page has put a message with this text on its socket, from now on. */
function attempts(page: Page, text: string): () => number {
  let count = 0;
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      if (payload.toString().includes('"message:send"') && payload.toString().includes(`"body":"${text}"`)) count += 1;
    }),
  );
  return () => count;
}

/** The server refuses an answer to what it does not have: the message fails, and it is for its writer to say what becomes of it. */
test.describe('a message that the server has refused', () => {
  const server = new Server();
  const QUESTION = 'At nine or at ten?';
  let ada: Person;
  let ben: Person;
  /** Puts Ben's question back into the store. */
  let putBack: () => Promise<void>;

  test.describe.configure({ mode: 'serial' });

  onServer(server, async (browser) => {
    [ada, ben] = await twoInAChat(browser, server);
    await ben.say(QUESTION);
    return [ada, ben];
  });

  const bubble = (person: Person, text: string): Locator =>
    person.log.locator('.bubble').filter({ has: person.page.locator('.body', { hasText: text }) });
  const press = (name: string) => ada.log.getByRole('button', { name, exact: true }).click();
  const answering = () => ada.page.getByText('Answering Ben Sample');

  async function answerInVain(text: string): Promise<void> {
    await bubble(ada, QUESTION).hover();
    await ada.page.getByRole('button', { name: `Actions for “${QUESTION}`, exact: false }).click();
    await ada.page.getByRole('menuitem', { name: 'Reply' }).click();
    putBack = await withoutMessage(server, QUESTION);
    await ada.say(text);
    await expect(ada.log.getByRole('alert')).toBeVisible();
    await expect(bubble(ada, text)).toHaveCount(1);
  }

  async function standsOnceAtBoth(text: string): Promise<void> {
    for (const person of [ada, ben]) {
      await expect(bubble(person, text)).toHaveCount(1);
      await expect(bubble(person, text).getByRole('button')).toContainText(QUESTION);
    }
    await expect(ada.log.getByRole('alert')).toHaveCount(0);
    await ada.lastIs('Read');
  }

  test('fails again as long as the reason stands, and goes out once when it is gone', async () => {
    const sent = attempts(ada.page, 'Ten suits me');
    await ada.page.reload();
    await answerInVain('Ten suits me');
    await press('Try again');
    await expect.poll(sent).toBe(2);
    await expect(ada.log.getByRole('alert')).toBeVisible();
    expect(await ben.texts()).not.toContain('Ten suits me');
    await putBack();
    await press('Try again');
    await standsOnceAtBoth('Ten suits me');
    expect(sent()).toBe(3);
  });

  test('goes back into the composer with what it answers, stays there over a reload, and is sent as it is then', async () => {
    await answerInVain('Elven suits me');
    await press('Edit');
    await expect(ada.composer).toHaveValue('Elven suits me');
    await expect(ada.composer).toBeFocused();
    await expect(bubble(ada, 'Elven suits me')).toHaveCount(0);
    await putBack();
    await ada.page.reload();
    await expect(ada.composer).toHaveValue('Elven suits me');
    await expect(answering()).toBeVisible();
    await expect(bubble(ada, 'Elven suits me')).toHaveCount(0);
    await ada.say('Eleven suits me');
    await standsOnceAtBoth('Eleven suits me');
    await expect(answering()).toHaveCount(0);
  });

  test('is discarded for good', async () => {
    await answerInVain('Never mind');
    await press('Discard');
    await expect(bubble(ada, 'Never mind')).toHaveCount(0);
    await expect(ada.composer).toBeFocused();
    await expect(ada.composer).toHaveValue('');
    await putBack();
    await ada.page.reload();
    await ada.say('Let us see');
    for (const person of [ada, ben]) {
      await expect(bubble(person, 'Let us see')).toHaveCount(1);
      await expect(bubble(person, 'Never mind')).toHaveCount(0);
    }
  });

  test('leaves no browser with anything to complain of', () => {
    expect([...ada.complaints, ...ben.complaints]).toEqual([]);
  });
});
