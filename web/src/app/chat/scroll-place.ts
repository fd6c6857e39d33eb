/** Closer to the end than this counts as being there, in pixels: half a line. */
const END_TOLERANCE_PX = 24;
/** Part of the room that stays free above what one is taken to. */
const HEADROOM = 0.2;

/**
 * Where one is in a list that grows at both ends: at its end, or at a certain element that stands at the same height
 * whatever happens around it. Elements are known by `data-key`. The browser's own scroll anchoring is off, because it
 * does not survive elements that are replaced, and some browsers have none.
 */
export class ScrollPlace {
  private sticking = true;
  private anchor: { key: string; top: number } | undefined;
  /** Where the list stood at the last look. */
  private top = 0;

  /** Whether the end stays in sight. */
  get isSticking(): boolean {
    return this.sticking;
  }

  stick(): void {
    this.sticking = true;
  }

  release(): void {
    this.sticking = false;
  }

  /**
   * Looks whether the list stands at its end; answers how far away its top and end are, in pixels. Only going up leads
   * away from the end: when the event of a scrolling comes, rows may have grown since, and `restore` is still to come.
   */
  measure(scroller: HTMLElement): { toTop: number; toEnd: number } {
    const toTop = scroller.scrollTop;
    const toEnd = scroller.scrollHeight - scroller.clientHeight - toTop;
    this.sticking = toEnd <= END_TOLERANCE_PX || (this.sticking && toTop >= this.top);
    this.top = toTop;
    return { toTop, toEnd };
  }

  /** Takes up where the list was scrolled to. */
  hold(scroller: HTMLElement, content: HTMLElement): void {
    const { first } = within(scroller, content, 0);
    const edge = scroller.getBoundingClientRect().top;
    this.anchor = first && { key: first.dataset['key'] ?? '', top: first.getBoundingClientRect().top - edge };
  }

  /**
   * Scrolls so that one is where one was. Where there is no room for that yet, it can be done again when there is: the
   * element is held until one scrolls, or until it is gone.
   */
  restore(scroller: HTMLElement, content: HTMLElement): void {
    const element = this.anchor && content.querySelector(`[data-key="${CSS.escape(this.anchor.key)}"]`);
    if (this.sticking) {
      scroller.scrollTop = scroller.scrollHeight;
      this.top = scroller.scrollTop;
    } else if (this.anchor && element) {
      const moved = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top - this.anchor.top;
      if (Math.abs(moved) >= 1) scroller.scrollTop += moved;
    }
    if (this.sticking || !element) this.hold(scroller, content);
  }

  /** Takes one to an element, with some of what is before it in sight. */
  goTo(element: Element, scroller: HTMLElement, content: HTMLElement): void {
    this.sticking = false;
    const top = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    scroller.scrollTop += top - scroller.clientHeight * HEADROOM;
    this.hold(scroller, content);
  }
}

/** The first and the last of the elements with a key of which something is in sight, or not further off than `px`. */
export function within(
  scroller: HTMLElement,
  content: HTMLElement,
  px: number,
): { first?: HTMLElement; last?: HTMLElement } {
  const elements = content.querySelectorAll<HTMLElement>('[data-key]');
  const { top, bottom } = scroller.getBoundingClientRect();
  const first = countWhile(elements, (element) => element.getBoundingClientRect().bottom <= top - px);
  const end = countWhile(elements, (element) => element.getBoundingClientRect().top < bottom + px);
  return { first: elements[first], last: elements[end - 1] };
}

/** How many of the elements, which stand in order, come before the first of which this is not true. */
function countWhile(elements: NodeListOf<HTMLElement>, isBefore: (element: HTMLElement) => boolean): number {
  let low = 0;
  let high = elements.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const element = elements[middle];
    if (element && isBefore(element)) low = middle + 1;
    else high = middle;
  }
  return low;
}
