import type { Locator } from '@playwright/test';
import type { Person } from './person';

/** The messages of the open conversation as somebody scrolls through them. */
export class MessageHistory {
  constructor(private readonly person: Person) {}

  get scroller(): Locator {
    return this.person.page.getByRole('group', { name: 'Message history' });
  }

  get toLatest(): Locator {
    return this.person.page.getByRole('button', { name: 'Jump to latest' });
  }

  /** All that stand in the document. */
  get rendered(): Locator {
    return this.person.log.locator('[data-seq]');
  }

  message(seq: number): Locator {
    return this.person.log.locator(`[data-seq="${seq}"]`);
  }

  firstSeq(): Promise<number> {
    return this.rendered.first().getAttribute('data-seq').then(Number);
  }

  lastSeq(): Promise<number> {
    return this.rendered.last().getAttribute('data-seq').then(Number);
  }

  /** The first message whose top is in sight, and how far below the upper edge it stands, in pixels. */
  inSight(): Promise<{ seq: number; offset: number }> {
    return this.scroller.evaluate((element) => {
      const edge = element.getBoundingClientRect().top;
      const all = [...element.querySelectorAll<HTMLElement>('[data-seq]')];
      const first = all.find((one) => one.getBoundingClientRect().top >= edge);
      return { seq: Number(first?.dataset['seq']), offset: (first?.getBoundingClientRect().top ?? 0) - edge };
    });
  }

  /** How far a message has moved since it was in sight there, in pixels; infinitely where it is gone. */
  async movedFrom({ seq, offset }: { seq: number; offset: number }): Promise<number> {
    const now = await this.scroller.evaluate((element, at) => {
      const found = element.querySelector(`[data-seq="${at}"]`);
      return found && found.getBoundingClientRect().top - element.getBoundingClientRect().top;
    }, seq);
    return Math.abs((now ?? Infinity) - offset);
  }

  /** Turns the wheel over the messages until `isThere`. */
  async wheel(step: number, isThere: () => Promise<boolean>): Promise<void> {
    const { mouse } = this.person.page;
    const box = await this.scroller.boundingBox();
    if (!box) throw new Error('There is nothing to scroll.');
    await mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    while (!(await isThere())) for (let turn = 0; turn < 10; turn++) await mouse.wheel(0, step);
  }

  /** Until what the wheel has set going has come to rest. */
  async atRest(): Promise<void> {
    await this.scroller.evaluate(
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
}
