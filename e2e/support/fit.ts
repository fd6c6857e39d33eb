import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** Where to put pictures, for somebody to look at; none are made when it is not set. */
const PICTURES = process.env['SCREENS_DIR'];

/**
 * Whether what is open can be used by everybody: nothing serious that axe finds, and nothing that scrolls sideways. Takes a
 * picture of it under this name where pictures are wanted.
 */
export async function expectFit(page: Page, name: string): Promise<void> {
  const [tooWide, width] = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return [scrollWidth - clientWidth, innerWidth];
  });
  expect(tooWide, `${name} scrolls sideways by so many pixels`).toBeLessThanOrEqual(0);
  const cutOff = await page.evaluate(() =>
    [...document.querySelectorAll('main :is(a, button, input, textarea, .bubble)')]
      .filter((element) => {
        const { left, right, width } = element.getBoundingClientRect();
        return width > 1 && (left < -1 || right > innerWidth + 1);
      })
      .map(({ outerHTML }) => outerHTML.slice(0, 160)),
  );
  expect(cutOff, `${name} cuts these off at its sides`).toEqual([]);
  // What does not fit would make some browsers show the page smaller.
  expect(width, `${name} is shown in its own size`).toBe(page.viewportSize()?.width);
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const told = serious.map(({ id, nodes }) =>
    [id, ...nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary ?? ''}`)].join('\n'),
  );
  expect(told, name).toEqual([]);
  if (PICTURES) await page.screenshot({ path: `${PICTURES}/${name}.png` });
}
