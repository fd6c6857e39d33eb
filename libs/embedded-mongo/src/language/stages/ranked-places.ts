/**
 * Some of the places of a list, in an order: which is the k-th of those that are in it. Places come and go in the time of
 * the logarithm of the list's length (a binary indexed tree over their ranks).
 */
export class RankedPlaces {
  /** How many places are in it. */
  size = 0;
  private readonly rankOf = new Map<number, number>();
  /** How many places are in it, over ranges of ranks; ranks are counted from 1. */
  private readonly tree: Int32Array;
  private readonly highest: number;

  /** @param order all places that may come, in their order */
  constructor(private readonly order: readonly number[]) {
    order.forEach((place, i) => this.rankOf.set(place, i + 1));
    this.tree = new Int32Array(order.length + 1);
    this.highest = order.length === 0 ? 0 : 2 ** Math.floor(Math.log2(order.length));
  }

  /** Takes a place in; one without a rank is passed over. */
  add(place: number): void {
    this.change(place, 1);
  }

  remove(place: number): void {
    this.change(place, -1);
  }

  private change(place: number, by: 1 | -1): void {
    const own = this.rankOf.get(place);
    if (own === undefined) return;
    this.size += by;
    for (let rank = own; rank < this.tree.length; rank += rank & -rank) this.tree[rank] = (this.tree[rank] ?? 0) + by;
  }

  /** The place with as many before it as `k` says; it must be less than the size. */
  at(k: number): number {
    let [rank, left] = [0, k];
    for (let step = this.highest; step > 0; step >>= 1) {
      const before = this.tree[rank + step];
      if (before === undefined || before > left) continue;
      rank += step;
      left -= before;
    }
    return this.order[rank] as number;
  }
}
