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

  /** Takes up where the list was scrolled to; answers how far away its top and end are, in pixels. */
  look(scroller: HTMLElement, content: HTMLElement): { toTop: number; toEnd: number } {
    const toTop = scroller.scrollTop;
    const toEnd = scroller.scrollHeight - scroller.clientHeight - toTop;
    this.sticking = toEnd <= END_TOLERANCE_PX;
    const edge = scroller.getBoundingClientRect().top;
    const first = firstBelow(content.querySelectorAll<HTMLElement>('[data-key]'), edge);
    this.anchor = first && { key: first.dataset['key'] ?? '', top: first.getBoundingClientRect().top - edge };
    return { toTop, toEnd };
  }

  /** Scrolls so that one is where one was. */
  restore(scroller: HTMLElement, content: HTMLElement): void {
    if (this.sticking) {
      scroller.scrollTop = scroller.scrollHeight;
      return;
    }
    if (!this.anchor) return;
    const element = content.querySelector(`[data-key="${CSS.escape(this.anchor.key)}"]`);
    if (!element) return;
    const moved = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top - this.anchor.top;
    if (Math.abs(moved) >= 1) scroller.scrollTop += moved;
  }

  /** Takes one to an element, with some of what is before it in sight. */
  goTo(element: Element, scroller: HTMLElement): void {
    this.sticking = false;
    this.anchor = undefined;
    const top = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    scroller.scrollTop += top - scroller.clientHeight * HEADROOM;
  }
}

/** First of the elements, which stand in order, that ends below `edge`. */
function firstBelow(elements: NodeListOf<HTMLElement>, edge: number): HTMLElement | undefined {
  let low = 0;
  let high = elements.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const element = elements[middle];
    if (element && element.getBoundingClientRect().bottom <= edge) low = middle + 1;
    else high = middle;
  }
  return elements[low];
}
