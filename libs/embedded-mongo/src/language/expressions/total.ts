import { Decimal128, Double, Int32 } from 'bson';
import { isNumeric, toBigInt } from '../values/arithmetic.js';
import { typeName } from '../values/bson-types.js';
import {
  ZERO,
  decimalOf,
  decimalQuotient,
  doubleOf,
  exactParts,
  negated,
  plus,
  toDecimal,
  type Parts,
} from '../values/decimal.js';
import { toNumber } from '../values/numbers.js';
import { wholeNumber } from './operator.js';

/** A sum of doubles that rounds nothing away: its parts do not overlap, the largest is the last. */
class DoubleSum {
  private readonly parts: number[] = [];

  add(value: number): void {
    let kept = 0;
    let high = value;
    for (const part of this.parts) {
      const sum = high + part;
      const own = sum - high;
      const lost = high - (sum - own) + (part - own);
      high = sum;
      if (!Number.isFinite(sum)) kept = 0;
      else if (lost !== 0) this.parts[kept++] = lost;
    }
    this.parts.length = kept;
    this.parts.push(high);
  }

  /** What it comes to exactly; undefined beyond the range of doubles. */
  get exact(): Parts | undefined {
    let total: Parts | undefined = ZERO;
    for (const part of this.parts) {
      const parts = exactParts(part);
      total = total && parts && plus(total, parts);
    }
    return total;
  }

  /** The nearest double; of two the even one. A sum begins with zero, and is never -0. */
  get value(): number {
    const { parts } = this;
    let at = parts.length - 1;
    let high = parts[at] ?? 0;
    while (at > 0) {
      const before = high;
      const part = parts[--at] ?? 0;
      high = before + part;
      const lost = part - (high - before);
      if (lost === 0) continue;
      // An exact half was rounded to the even side; a smaller part of the same sign says that it is more than a half.
      const moved = high + 2 * lost;
      const more = Math.sign(lost) === Math.sign(parts[at - 1] ?? 0);
      return more && moved - high === 2 * lost ? moved : high;
    }
    return high + 0;
  }
}

/** Adds numbers of all types, and takes them out again; only what it comes to is rounded, to the widest type in it. */
export class Total {
  private readonly counts = { int: 0, long: 0, double: 0, decimal: 0 };
  private readonly special = { NaN: 0, Infinity: 0, '-Infinity': 0 };
  private whole = 0n;
  private readonly doubles = new DoubleSum();
  private decimals: Parts = ZERO;

  /** Adds a number; other values count for nothing. */
  add(value: unknown): void {
    this.change(value, 1);
  }

  /** Takes out a number that was added. */
  remove(value: unknown): void {
    this.change(value, -1);
  }

  private change(value: unknown, by: 1 | -1): void {
    if (!isNumeric(value)) return;
    const type = typeName(value) as keyof Total['counts'];
    this.counts[type] += by;
    if (type === 'int' || type === 'long') this.whole += toBigInt(value) * BigInt(by);
    else if (value instanceof Decimal128) {
      const parts = exactParts(value);
      if (parts) this.decimals = plus(this.decimals, by > 0 ? parts : negated(parts));
      else this.special[value.toString() as keyof Total['special']] += by;
    } else {
      const double = toNumber(value);
      if (Number.isFinite(double)) this.doubles.add(double * by);
      else this.special[String(double) as keyof Total['special']] += by;
    }
  }

  /** How many numbers are in it. */
  get count(): number {
    const { int, long, double, decimal } = this.counts;
    return int + long + double + decimal;
  }

  /** NaN or an infinity, when one of them is in it. */
  private get unreal(): number | undefined {
    const { NaN: none, Infinity: above, '-Infinity': below } = this.special;
    if (none > 0 || (above > 0 && below > 0)) return Number.NaN;
    return above > 0 ? Infinity : below > 0 ? -Infinity : undefined;
  }

  /** What whole numbers and doubles come to as a double. */
  private get binary(): number {
    if (this.unreal !== undefined) return this.unreal;
    const exact = this.whole === 0n ? undefined : this.doubles.exact;
    if (!exact) return this.doubles.value;
    return doubleOf(plus(exact, { digits: this.whole, exponent: 0 }));
  }

  get sum(): unknown {
    const { decimal, double, long } = this.counts;
    if (decimal === 0) return double > 0 ? new Double(this.binary) : wholeNumber(this.whole, long > 0 ? 'long' : 'int');
    const doubles = this.doubles.exact;
    const unreal = this.unreal ?? (doubles ? undefined : this.doubles.value);
    if (unreal !== undefined) return Decimal128.fromString(String(unreal));
    return decimalOf(plus(plus(this.decimals, { digits: this.whole, exponent: 0 }), doubles ?? ZERO));
  }

  /** Null of no numbers. */
  get average(): unknown {
    const { count, sum } = this;
    if (count === 0) return null;
    if (sum instanceof Decimal128) return decimalQuotient(sum, toDecimal(new Int32(count)));
    return new Double(this.binary / count);
  }
}
