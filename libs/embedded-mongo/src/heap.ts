/** What comes first of several things, while things come and go: a binary heap. */
export class Heap<Item> {
  /** In no order but that none is before the one at half its place. */
  readonly items: Item[] = [];

  constructor(private readonly isBefore: (a: Item, b: Item) => boolean) {}

  get first(): Item | undefined {
    return this.items[0];
  }

  push(item: Item): void {
    const { items } = this;
    let at = items.push(item) - 1;
    for (let parent = (at - 1) >> 1; at > 0 && this.isBefore(item, items[parent] as Item); parent = (at - 1) >> 1) {
      items[at] = items[parent] as Item;
      items[parent] = item;
      at = parent;
    }
  }

  /** Takes out what is first. */
  pop(): void {
    const { items } = this;
    const moved = items.pop();
    if (moved === undefined || items.length === 0) return;
    items[0] = moved;
    // It is let down to where it belongs.
    for (let at = 0; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const isRight = right < items.length && this.isBefore(items[right] as Item, items[left] as Item);
      const least = isRight ? right : left;
      if (least >= items.length || !this.isBefore(items[least] as Item, moved)) return;
      items[at] = items[least] as Item;
      items[least] = moved;
      at = least;
    }
  }
}
