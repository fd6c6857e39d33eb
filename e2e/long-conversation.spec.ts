import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, test } from '@playwright/test';
import { type Scrolled, whileRecording } from './support/frames';
import { giveThemAPast, textOf } from './support/past';
import type { Person } from './support/person';
import { Server } from './support/server';
import { leave, twoPeople } from './support/two-people';

/** Where to put pictures, for somebody to look at; none are made when it is not set. */
const PICTURES = process.env['SCREENS_DIR'];
const COUNT = 50_000;
/** Ben's last two messages answer these. */
const [QUOTED, NEARER] = [25_000, COUNT - 900];
/** Seven heights of the screen full of messages of one line: what the timeline renders at most. */
const MOST_MESSAGES = 250;

test.describe('a conversation of 50,000 messages', () => {
  const server = new Server({ HTTP_REQUESTS_PER_10_SECONDS: '10000' });
  let ada: Person;
  let ben: Person;
  /** The last message of all; more are written while the tests run. */
  let last = COUNT;

  test.describe.configure({ mode: 'serial' });

  test.beforeAll(async ({ browser }) => {
    await server.start();
    [ada, ben] = await twoPeople(browser, server);
    const took = await giveThemAPast(server, [ada, ben], COUNT, (seq) => ({
      mine: seq < COUNT - 1 && seq % 7 < 3,
      ...(seq === COUNT && { answers: QUOTED }),
      ...(seq === COUNT - 1 && { answers: NEARER }),
    }));
    console.log(`${COUNT} messages written in ${(took / 1000).toFixed(1)} s`);
    await Promise.all([ada, ben].map(({ page }) => page.reload()));
    await ada.open(ben);
  });

  test.afterAll(async () => {
    await leave([ada, ben]);
    await server.dispose();
  });

  const message = (seq: number): Locator => ada.log.locator(`[data-seq="${seq}"]`);
  const scroller = (): Locator => ada.page.getByRole('group', { name: 'Message history' });
  const latest = (): Locator => ada.page.getByRole('button', { name: 'Jump to latest' });
  const firstSeq = () => ada.log.locator('[data-seq]').first().getAttribute('data-seq').then(Number);
  const lastSeq = () => ada.log.locator('[data-seq]').last().getAttribute('data-seq').then(Number);

  /** The first message whose top is in sight, and how far below the upper edge it stands. */
  const inSight = () =>
    scroller().evaluate((element) => {
      const edge = element.getBoundingClientRect().top;
      const all = [...element.querySelectorAll<HTMLElement>('[data-seq]')];
      const first = all.find((one) => one.getBoundingClientRect().top >= edge);
      return { seq: Number(first?.dataset['seq']), offset: (first?.getBoundingClientRect().top ?? 0) - edge };
    });
  const offsetOf = (seq: number) =>
    scroller().evaluate((element, at) => {
      const found = element.querySelector(`[data-seq="${at}"]`);
      return found && found.getBoundingClientRect().top - element.getBoundingClientRect().top;
    }, seq);

  /** Turns the wheel over the messages until `isThere`. */
  async function wheel(step: number, isThere: () => Promise<boolean>): Promise<void> {
    const box = await scroller().boundingBox();
    if (!box) throw new Error('There is nothing to scroll.');
    await ada.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    while (!(await isThere())) for (let turn = 0; turn < 10; turn++) await ada.page.mouse.wheel(0, step);
  }

  /** Until what the wheel has set going has come to rest. */
  async function atRest(): Promise<void> {
    await scroller().evaluate(
      (element) =>
        new Promise<void>((resolve) => {
          let [top, frames] = [element.scrollTop, 0];
          const look = () => {
            frames = element.scrollTop === top ? frames + 1 : 0;
            top = element.scrollTop;
            if (frames === 10) resolve();
            else requestAnimationFrame(look);
          };
          look();
        }),
    );
  }

  async function report(name: string, { seen, ...numbers }: Scrolled): Promise<void> {
    const told = { ...numbers, messages: seen.length };
    console.log(`${name}: ${JSON.stringify(told)}`);
    await test.info().attach(`${name}.json`, { body: JSON.stringify(told), contentType: 'application/json' });
  }

  const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

  test('opens at its end', async () => {
    await expect(message(COUNT)).toBeInViewport();
    await expect(message(COUNT)).toContainText(textOf(COUNT));
    expect(await ada.log.locator('[data-seq]').count()).toBeLessThan(MOST_MESSAGES);
    await expect(ada.log).toHaveAttribute('aria-live', 'polite');
  });

  test('is scrolled from its end upwards through thousands of messages: all in order, few in the document', async () => {
    test.setTimeout(180_000);
    const target = COUNT - 4_000;
    const scrolled = await whileRecording(ada.page, () => wheel(-400, async () => (await firstSeq()) <= target));
    await report('upwards through 4,000 messages', scrolled);
    expect(scrolled.disorder).toBeNull();
    expect(scrolled.seen).toEqual(range(scrolled.seen[0] ?? 0, COUNT));
    expect(scrolled.seen[0]).toBeLessThanOrEqual(target);
    expect(scrolled.mostMessages).toBeLessThan(MOST_MESSAGES);
    await expect(ada.log).toHaveAttribute('aria-live', 'off');

    const back = await whileRecording(ada.page, () => wheel(400, async () => (await lastSeq()) >= COUNT - 1_000));
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
    const isAtTop = () => scroller().evaluate((element) => element.scrollTop === 0);
    await wheel(-800, async () => held.length > 0 && (await isAtTop()));
    await atRest();
    const before = await inSight();
    const known = await firstSeq();
    isOpen = true;
    for (const release of held) release();
    await expect.poll(async () => (await firstSeq()) < known).toBe(true);
    expect(Math.abs(((await offsetOf(before.seq)) ?? Infinity) - before.offset)).toBeLessThan(1.5);
    await page.unroute(/messages\?before=/);

    // As a picture does that has been loaded, or a font.
    const place = await inSight();
    await message(place.seq - 3).evaluate((element) => (element.style.paddingBlockEnd = '300px'));
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
    expect(Math.abs(((await offsetOf(place.seq)) ?? Infinity) - place.offset)).toBeLessThan(1.5);
  });

  test('leads to any message, and on from there in both directions, while new ones are counted and not shown', async () => {
    await scroller().press('End');
    const asked: string[] = [];
    ada.page.on('request', (request) => asked.push(new URL(request.url()).search));
    await message(COUNT).getByRole('button', { name: 'Answers' }).click();
    await expect(message(QUOTED)).toBeFocused();
    await expect(message(QUOTED)).toBeInViewport();
    await expect(message(QUOTED)).toContainText(textOf(QUOTED));
    // The page around it, and perhaps already its neighbours.
    expect(asked[0]).toContain(`around=${QUOTED}`);
    expect(asked.length).toBeLessThanOrEqual(3);

    await ben.open(ada);
    await ben.say('Are you still reading?');
    last += 1;
    await expect(latest()).toContainText('1 new');
    await expect(message(last)).toHaveCount(0);
    const around = await whileRecording(ada.page, async () => {
      await wheel(-400, async () => (await firstSeq()) < QUOTED - 150);
      await wheel(400, async () => (await lastSeq()) > QUOTED + 150);
    });
    await report('both ways from the middle', around);
    expect(around.disorder).toBeNull();
    expect(around.seen).toEqual(range(around.seen[0] ?? 0, around.seen.at(-1) ?? 0));
    expect(around.mostMessages).toBeLessThan(MOST_MESSAGES);
    await expect(ada.log).toHaveAttribute('aria-live', 'off');

    await latest().click();
    await expect(message(last)).toBeInViewport();
    await expect(message(last)).toContainText('Are you still reading?');
    await expect(latest()).toHaveCount(0);
    await expect(ada.log).toHaveAttribute('aria-live', 'polite');
    await expect(ada.row(ben)).not.toContainText('unread');
  });

  test('comes together again with the newest when one scrolls down to them', async () => {
    const { page } = ada;
    await page.reload();
    await message(COUNT - 1)
      .getByRole('button', { name: 'Answers' })
      .click();
    await expect(message(NEARER)).toBeFocused();
    // What lies between is not loaded yet.
    await expect(latest()).toBeVisible();
    const down = await whileRecording(page, () => wheel(800, async () => (await lastSeq()) === last));
    expect(down.disorder).toBeNull();
    expect(down.seen).toEqual(range(down.seen[0] ?? 0, last));
    expect(down.seen[0]).toBeLessThan(NEARER);
    await wheel(800, async () => (await latest().count()) === 0);
    await expect(message(last)).toBeInViewport();
  });

  test('is walked by keyboard alone: to the first message, back, and across what is rendered', async () => {
    const { page } = ada;
    await ada.composer.focus();
    await page.keyboard.press('Shift+Tab');
    const focused = () => page.evaluate(() => document.activeElement?.closest('app-message-row') !== null);
    for (let steps = 0; steps < 5 && !(await focused()); steps++) await page.keyboard.press('Shift+Tab');
    expect(await focused()).toBe(true);

    const rendered = await ada.log.locator('[data-seq]').count();
    for (let steps = 0; steps < rendered + 20; steps++) await page.keyboard.press('ArrowUp');
    const focusedSeq = () =>
      page.evaluate(() => {
        const bubble = document.activeElement?.closest('app-message-row')?.querySelector<HTMLElement>('[data-seq]');
        return Number(bubble?.dataset['seq']);
      });
    expect(await focusedSeq()).toBe(last - rendered - 20);

    await page.keyboard.press('Home');
    await expect(message(1)).toBeFocused();
    await expect(ada.log.locator('[data-seq]').first()).toHaveAttribute('data-seq', '1');
    await expect(page.getByText('This is the beginning of your chat with Ben Sample.')).toBeVisible();
    for (let steps = 0; steps < 4; steps++) await page.keyboard.press('ArrowDown');
    expect(await focusedSeq()).toBe(4);

    // A page at a time, past what was rendered and past what was loaded, and the same way back.
    let lowest = 0;
    for (let pages = 0; pages < 20; pages++) {
      await page.keyboard.press('PageDown');
      await atRest();
      const { seq } = await inSight();
      expect(seq).toBeGreaterThan(lowest);
      lowest = seq;
    }
    expect(lowest).toBeGreaterThan(120);
    for (let pages = 0; pages < 22; pages++) {
      await page.keyboard.press('PageUp');
      await atRest();
    }
    await expect(page.getByText('This is the beginning of your chat with Ben Sample.')).toBeInViewport();

    await page.keyboard.press('End');
    await expect(message(last)).toBeInViewport();
  });

  test('jumps from end to end without a long way between', async () => {
    const jumps = await whileRecording(ada.page, async () => {
      for (let times = 0; times < 5; times++) {
        await scroller().press('Home');
        await expect(message(1)).toBeFocused();
        await scroller().press('End');
        await expect(message(last)).toBeInViewport();
      }
    });
    await report('ten jumps from end to end', jumps);
    expect(jumps.seen.every((seq) => seq < 300 || seq > COUNT - 300)).toBe(true);
  });

  test('goes on at the end while messages arrive, and stays where it is further up', async () => {
    const arriving = await whileRecording(ada.page, async () => {
      for (let times = 0; times < 10; times++) await ben.say(`and then ${times}`);
      last += 10;
      await expect(message(last)).toBeInViewport();
    });
    await report('ten arrive while one is at the end', arriving);
    expect(arriving.disorder).toBeNull();

    await wheel(-200, async () => (await lastSeq()) < last || (await latest().count()) > 0);
    await atRest();
    const place = await inSight();
    await ben.say('one that nobody looks at');
    last += 1;
    await expect(latest()).toContainText('1 new');
    expect(Math.abs(((await offsetOf(place.seq)) ?? Infinity) - place.offset)).toBeLessThan(1.5);
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
      const fit = async (name: string) => {
        const { violations } = await new AxeBuilder({ page })
          .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])
          .analyze();
        const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
        expect(serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
        expect(
          await page.evaluate(() => [document.documentElement.scrollWidth > innerWidth, innerWidth]),
          'scrolls sideways',
        ).toEqual([false, width]);
        if (PICTURES) await page.screenshot({ path: `${PICTURES}/long-${name}-${theme}-${direction}-${width}.png` });
      };
      await scroller().press('End');
      await expect(message(last)).toBeInViewport();
      await fit('end');
      await message(COUNT).getByRole('button', { name: 'Answers' }).click();
      await expect(message(QUOTED)).toBeFocused();
      await fit('middle');
      await scroller().press('Home');
      await expect(message(1)).toBeFocused();
      await fit('beginning');
    });
  }

  test('leaves no browser with anything to complain of', () => {
    expect([...ada.complaints, ...ben.complaints]).toEqual([]);
  });
});
