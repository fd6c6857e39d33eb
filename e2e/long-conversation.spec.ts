import { expect, test } from '@playwright/test';
import { expectFit } from './support/fit';
import { type Scrolled, whileRecording } from './support/frames';
import { MessageHistory } from './support/message-history';
import { giveThemAPast, textOf } from './support/past';
import type { Person } from './support/person';
import { Server } from './support/server';
import { onServer, twoPeople } from './support/two-people';

const COUNT = 50_000;
/** How many of them the wheel is turned through, upwards: every one where somebody has the time. */
const UPWARDS = process.env['E2E_LONG'] ? COUNT - 1 : 4_000;
/** Ben's last two messages answer these. */
const [QUOTED, NEARER] = [25_000, COUNT - 900];
/** Seven heights of the screen full of messages of one line: what the timeline renders at most. */
const MOST_MESSAGES = 250;

test.describe('a conversation of 50,000 messages', () => {
  const server = new Server({ HTTP_REQUESTS_PER_10_SECONDS: '10000' });
  let ada: Person;
  let ben: Person;
  /** What Ada scrolls through. */
  let history: MessageHistory;
  /** The last message of all; more are written while the tests run. */
  let last = COUNT;

  test.describe.configure({ mode: 'serial' });

  onServer(server, async (browser) => {
    [ada, ben] = await twoPeople(browser, server);
    history = new MessageHistory(ada);
    const took = await giveThemAPast(server, [ada, ben], COUNT, (seq) => ({
      mine: seq < COUNT - 1 && seq % 7 < 3,
      ...(seq === COUNT && { answers: QUOTED }),
      ...(seq === COUNT - 1 && { answers: NEARER }),
    }));
    console.log(`${COUNT} messages written in ${(took / 1000).toFixed(1)} s`);
    await Promise.all([ada, ben].map(({ page }) => page.reload()));
    await ada.open(ben);
    return [ada, ben];
  });

  async function report(name: string, { seen, ...numbers }: Scrolled): Promise<void> {
    const told = { ...numbers, messages: seen.length };
    console.log(`${name}: ${JSON.stringify(told)}`);
    await test.info().attach(`${name}.json`, { body: JSON.stringify(told), contentType: 'application/json' });
  }

  const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

  test('opens at its end', async () => {
    await expect(history.message(COUNT)).toBeInViewport();
    await expect(history.message(COUNT)).toContainText(textOf(COUNT));
    expect(await history.rendered.count()).toBeLessThan(MOST_MESSAGES);
    await expect(ada.log).toHaveAttribute('aria-live', 'polite');
  });

  test('stays at its end when its last row grows in the very frame in which it was scrolled', async () => {
    const last = await history.message(COUNT).elementHandle();
    // As a quote does that arrives just after a page. The event of a scrolling comes with the next frame.
    await history.scroller.evaluate((scroller, row) => {
      (row as HTMLElement).style.paddingBlockEnd = '40px';
      scroller.scrollTop = scroller.scrollHeight;
      (row as HTMLElement).style.paddingBlockEnd = '300px';
    }, last);
    const toEnd = () => history.scroller.evaluate((it) => it.scrollHeight - it.clientHeight - it.scrollTop);
    await expect.poll(toEnd).toBeLessThan(1);
    await expect(ada.log).toHaveAttribute('aria-live', 'polite');
    await expect(history.toLatest).toHaveCount(0);
    await last?.evaluate((row) => (row as HTMLElement).style.removeProperty('padding-block-end'));
  });

  test('is scrolled from its end upwards through thousands of messages: all in order, few in the document', async () => {
    test.setTimeout(UPWARDS * 45);
    const target = COUNT - UPWARDS;
    const scrolled = await whileRecording(ada.page, () =>
      history.wheel(-400, async () => (await history.firstSeq()) <= target),
    );
    await report(`upwards through ${UPWARDS} messages`, scrolled);
    expect(scrolled.disorder).toBeNull();
    expect(scrolled.seen).toEqual(range(scrolled.seen[0] ?? 0, COUNT));
    expect(scrolled.seen[0]).toBeLessThanOrEqual(target);
    expect(scrolled.mostMessages).toBeLessThan(MOST_MESSAGES);
    await expect(ada.log).toHaveAttribute('aria-live', 'off');

    const back = await whileRecording(ada.page, () =>
      history.wheel(400, async () => (await history.lastSeq()) >= target + 3_000),
    );
    await report('back down through 3,000', back);
    expect(back.disorder).toBeNull();
    expect(back.mostMessages).toBeLessThan(MOST_MESSAGES);
  });

  test('stays where it is when older pages arrive and rows above grow', async () => {
    const { page } = ada;
    const held: (() => void)[] = [];
    let isOpen = false;
    await page.route(/messages\?before=/, async (route) => {
      if (!isOpen) await new Promise<void>((resolve) => held.push(resolve));
      await route.continue();
    });
    // As far up as there is something, with the next page on its way.
    const isAtTop = () => history.scroller.evaluate((element) => element.scrollTop === 0);
    await history.wheel(-800, async () => held.length > 0 && (await isAtTop()));
    await history.atRest();
    const before = await history.inSight();
    const known = await history.firstSeq();
    isOpen = true;
    for (const release of held) release();
    await expect.poll(async () => (await history.firstSeq()) < known).toBe(true);
    expect(await history.movedFrom(before)).toBeLessThan(1.5);
    await page.unroute(/messages\?before=/);

    // As a picture does that has been loaded, or a font.
    const place = await history.inSight();
    await history.message(place.seq - 3).evaluate((element) => (element.style.paddingBlockEnd = '300px'));
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
    expect(await history.movedFrom(place)).toBeLessThan(1.5);
  });

  test('leads to any message, and on from there in both directions, while new ones are counted and not shown', async () => {
    await history.scroller.press('End');
    const asked: string[] = [];
    ada.page.on('request', (request) => asked.push(new URL(request.url()).search));
    await history.message(COUNT).getByRole('button', { name: 'Answers' }).click();
    await expect(history.message(QUOTED)).toBeFocused();
    await expect(history.message(QUOTED)).toBeInViewport();
    await expect(history.message(QUOTED)).toContainText(textOf(QUOTED));
    // The page around it, and perhaps already its neighbours.
    expect(asked[0]).toContain(`around=${QUOTED}`);
    expect(asked.length).toBeLessThanOrEqual(3);

    await ben.open(ada);
    await ben.say('Are you still reading?');
    last += 1;
    await expect(history.toLatest).toContainText('1 new');
    await expect(history.message(last)).toHaveCount(0);
    const around = await whileRecording(ada.page, async () => {
      await history.wheel(-400, async () => (await history.firstSeq()) < QUOTED - 150);
      await history.wheel(400, async () => (await history.lastSeq()) > QUOTED + 150);
    });
    await report('both ways from the middle', around);
    expect(around.disorder).toBeNull();
    expect(around.seen).toEqual(range(around.seen[0] ?? 0, around.seen.at(-1) ?? 0));
    expect(around.mostMessages).toBeLessThan(MOST_MESSAGES);
    await expect(ada.log).toHaveAttribute('aria-live', 'off');

    await history.toLatest.click();
    await expect(history.message(last)).toBeInViewport();
    await expect(history.message(last)).toContainText('Are you still reading?');
    await expect(history.toLatest).toHaveCount(0);
    await expect(ada.log).toHaveAttribute('aria-live', 'polite');
    await expect(ada.row(ben)).not.toContainText('unread');
  });

  test('comes together again with the newest when one scrolls down to them', async () => {
    const { page } = ada;
    await page.reload();
    await history
      .message(COUNT - 1)
      .getByRole('button', { name: 'Answers' })
      .click();
    await expect(history.message(NEARER)).toBeFocused();
    // What lies between is not loaded yet.
    await expect(history.toLatest).toBeVisible();
    const down = await whileRecording(page, () => history.wheel(800, async () => (await history.lastSeq()) === last));
    expect(down.disorder).toBeNull();
    expect(down.seen).toEqual(range(down.seen[0] ?? 0, last));
    expect(down.seen[0]).toBeLessThan(NEARER);
    await history.wheel(800, async () => (await history.toLatest.count()) === 0);
    await expect(history.message(last)).toBeInViewport();
  });

  test('is walked by keyboard alone: to the first message, back, and across what is rendered', async () => {
    const { page } = ada;
    await ada.composer.focus();
    await page.keyboard.press('Shift+Tab');
    const focused = () => page.evaluate(() => document.activeElement?.closest('app-message-row') !== null);
    for (let steps = 0; steps < 5 && !(await focused()); steps++) await page.keyboard.press('Shift+Tab');
    expect(await focused()).toBe(true);

    const rendered = await history.rendered.count();
    for (let steps = 0; steps < rendered + 20; steps++) await page.keyboard.press('ArrowUp');
    const focusedSeq = () =>
      page.evaluate(() => {
        const bubble = document.activeElement?.closest('app-message-row')?.querySelector<HTMLElement>('[data-seq]');
        return Number(bubble?.dataset['seq']);
      });
    expect(await focusedSeq()).toBe(last - rendered - 20);

    await page.keyboard.press('Home');
    await expect(history.message(1)).toBeFocused();
    await expect(history.rendered.first()).toHaveAttribute('data-seq', '1');
    await expect(page.getByText('This is the beginning of your chat with Ben Sample.')).toBeVisible();
    for (let steps = 0; steps < 4; steps++) await page.keyboard.press('ArrowDown');
    expect(await focusedSeq()).toBe(4);

    // A page at a time, past what was rendered and past what was loaded, and the same way back.
    let lowest = 0;
    for (let pages = 0; pages < 20; pages++) {
      await page.keyboard.press('PageDown');
      await history.atRest();
      const { seq } = await history.inSight();
      expect(seq).toBeGreaterThan(lowest);
      lowest = seq;
    }
    expect(lowest).toBeGreaterThan(120);
    for (let pages = 0; pages < 22; pages++) {
      await page.keyboard.press('PageUp');
      await history.atRest();
    }
    await expect(page.getByText('This is the beginning of your chat with Ben Sample.')).toBeInViewport();

    await page.keyboard.press('End');
    await expect(history.message(last)).toBeInViewport();
  });

  test('jumps from end to end without a long way between', async () => {
    const jumps = await whileRecording(ada.page, async () => {
      for (let times = 0; times < 5; times++) {
        await history.scroller.press('Home');
        await expect(history.message(1)).toBeFocused();
        await history.scroller.press('End');
        await expect(history.message(last)).toBeInViewport();
      }
    });
    await report('ten jumps from end to end', jumps);
    expect(jumps.seen.every((seq) => seq < 300 || seq > COUNT - 300)).toBe(true);
  });

  test('goes on at the end while messages arrive, and stays where it is further up', async () => {
    const arriving = await whileRecording(ada.page, async () => {
      for (let times = 0; times < 10; times++) await ben.say(`and then ${times}`);
      last += 10;
      await expect(history.message(last)).toBeInViewport();
    });
    await report('ten arrive while one is at the end', arriving);
    expect(arriving.disorder).toBeNull();

    await history.wheel(-200, async () => (await history.lastSeq()) < last || (await history.toLatest.count()) > 0);
    await history.atRest();
    const place = await history.inSight();
    await ben.say('one that nobody looks at');
    last += 1;
    await expect(history.toLatest).toContainText('1 new');
    expect(await history.movedFrom(place)).toBeLessThan(1.5);
  });

  for (const [theme, direction, width] of [
    ['light', 'ltr', 1280],
    ['dark', 'rtl', 1280],
    ['light', 'rtl', 320],
    ['dark', 'ltr', 320],
  ] as const) {
    test(`is fit for everybody: ${theme}, ${direction}, ${width} px`, async () => {
      const { page } = ada;
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme: theme });
      await page.evaluate((dir) => (document.documentElement.dir = dir), direction);
      const fit = (name: string) => expectFit(page, `long-${name}-${theme}-${direction}-${width}`);
      await history.scroller.press('End');
      await expect(history.message(last)).toBeInViewport();
      await fit('end');
      await history.message(COUNT).getByRole('button', { name: 'Answers' }).click();
      await expect(history.message(QUOTED)).toBeFocused();
      await fit('middle');
      await history.scroller.press('Home');
      await expect(history.message(1)).toBeFocused();
      await fit('beginning');
    });
  }

  test('leaves no browser with anything to complain of', () => {
    expect([...ada.complaints, ...ben.complaints]).toEqual([]);
  });
});
