import { Decimal128, Double } from 'bson';
import { isNumeric } from '../values/arithmetic.js';
import { ZERO, decimalOf, divided, doubleOf, exactParts, negated, plus, times, type Parts } from '../values/decimal.js';
import { Total } from '../expressions/total.js';

/**
 * How pairs of numbers vary together. Sums are kept exactly, so that pairs can be taken out again and only what they come
 * to is rounded.
 */
export class Moments {
  private count = 0;
  private decimals = 0;
  private x = ZERO;
  private y = ZERO;
  private products = ZERO;
  /** Pairs with an infinity or NaN in them, which have no exact product. */
  private readonly unreal = new Total();

  /** Adds a pair; one of other values counts for nothing. */
  add(x: unknown, y: unknown): void {
    this.change(x, y, 1);
  }

  /** Takes out a pair that was added. */
  remove(x: unknown, y: unknown): void {
    this.change(x, y, -1);
  }

  private change(x: unknown, y: unknown, by: 1 | -1): void {
    if (!isNumeric(x) || !isNumeric(y)) return;
    if (x instanceof Decimal128 || y instanceof Decimal128) this.decimals += by;
    const [left, right] = [exactParts(x), exactParts(y)];
    if (!left || !right) {
      for (const value of left ? [y] : right ? [x] : [x, y])
        if (by > 0) this.unreal.add(value);
        else this.unreal.remove(value);
      return;
    }
    const signed = (parts: Parts): Parts => (by > 0 ? parts : negated(parts));
    this.count += by;
    this.x = plus(this.x, signed(left));
    this.y = plus(this.y, signed(right));
    this.products = plus(this.products, signed(times(left, right)));
  }

  /** The covariance of all pairs or of a sample; null of too few. */
  covariance(sample: boolean): unknown {
    const divisor = sample ? this.count - 1 : this.count;
    if (divisor <= 0) return null;
    if (this.unreal.count > 0) return this.unreal.sum;
    if (this.count === 1) return new Double(0);
    const found = this.spread(divisor);
    return this.decimals > 0 ? decimalOf(found) : new Double(doubleOf(found));
  }

  /**
   * The standard deviation, where both numbers of each pair are the same; null of too few. With an infinity or NaN among
   * them it is NaN, or null where these may leave again.
   */
  deviation(sample: boolean, leaving: boolean): unknown {
    // Both numbers of a pair are counted there.
    const unreal = this.unreal.count / 2;
    const divisor = this.count + unreal - (sample ? 1 : 0);
    if (unreal > 0) return divisor > 0 && !leaving ? new Double(Number.NaN) : null;
    return divisor > 0 ? new Double(Math.sqrt(doubleOf(this.spread(divisor)))) : null;
  }

  /** (n Σxy − Σx Σy) / (n d) */
  private spread(divisor: number): Parts {
    const n = { digits: BigInt(this.count), exponent: 0 };
    const numerator = plus(times(n, this.products), negated(times(this.x, this.y)));
    return divided(numerator, { digits: n.digits * BigInt(divisor), exponent: 0 });
  }
}
