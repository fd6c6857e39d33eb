import { expect, type Locator, type Page } from '@playwright/test';

/** One of somebody's tabs with a conversation open: what was typed in it, and what it shows. */
export class Tab {
  /** Texts that this tab has taken, in the order typed. */
  readonly typed: string[] = [];

  constructor(
    readonly page: Page,
    readonly name: string,
  ) {}

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: /^Message/ });
  }

  /** Types the next text; resolves when the tab has taken it. */
  async say(): Promise<void> {
    const text = `text ${this.typed.length + 1} of ${this.name}`;
    await this.composer.fill(text);
    await this.composer.press('Enter');
    await expect(this.composer).toHaveValue('');
    this.typed.push(text);
  }

  /** Whether this tab sends for all of its browser: it holds the lock. */
  leads(): Promise<boolean> {
    return this.page.evaluate(async () =>
      navigator.locks.request('e2e-who-am-i', async () => {
        const { held = [] } = await navigator.locks.query();
        const own = held.find(({ name }) => name === 'e2e-who-am-i')?.clientId;
        return held.some(({ name, clientId }) => name?.startsWith('parlance-lead/') && clientId === own);
      }),
    );
  }

  /** Everything on the screen from the first message to the last, read by scrolling through it. */
  async shown(): Promise<string[]> {
    await this.page.bringToFront();
    return this.page.evaluate(async () => {
      const scroller = document.querySelector('[aria-label="Message history"]');
      if (!scroller) return [];
      const drawn = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      const read = new Map<string, string>();
      scroller.scrollTop = 0;
      for (;;) {
        await drawn();
        const bubbles = [...document.querySelectorAll<HTMLElement>('[role=log] .bubble')];
        const here = bubbles.map((bubble) => [
          bubble.dataset['key'] ?? '',
          bubble.querySelector('.body')?.textContent ?? '',
        ]);
        here.forEach(([key = '', body = ''], index) => {
          const isDoubled = here.findIndex(([other]) => other === key) !== index;
          read.set(isDoubled ? `${key} again` : key, body);
        });
        const before = scroller.scrollTop;
        scroller.scrollTop += scroller.clientHeight / 2;
        if (scroller.scrollTop === before) return [...read.values()];
      }
    });
  }

  /** Texts that stand there as *Sending* or *Failed*. */
  get unfinished(): Locator {
    return this.page.locator('app-delivery-mark').filter({ hasText: /Sending|Failed/ });
  }
}
