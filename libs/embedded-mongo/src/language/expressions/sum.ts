import { Decimal128, Double, Int32 } from 'bson';
import { isNumeric, toBigInt } from '../values/arithmetic.js';
import { typeName } from '../values/bson-types.js';
import { ZERO, decimalOf, decimalQuotient, exactParts, plus, toDecimal } from '../values/decimal.js';
import { toNumber } from '../values/numbers.js';
import { wholeNumber } from './operator.js';

const HALF = 2n ** 32n;

/**
 * Adds numbers of all types one by one, as MongoDB does: what a sum of doubles rounds away goes into the next number that
 * is added (Kahan's way, by Knuth's sum of two), and what the last one has rounded away counts for decimals and whole
 * numbers only. Two doubles hold sums of longs exactly.
 */
export class Sum {
  /** How many numbers are in it. */
  count = 0;
  private readonly types = new Set<string>();
  private near = 0;
  private lost = 0;
  /** What it comes to where an infinity has spoilt what was lost. */
  private plain = 0;
  private decimals = ZERO;
  /** The sum of decimals that are NaN or infinite. */
  private unreal = 0;

  /** Adds a number; other values count for nothing. */
  add(value: unknown): void {
    if (!isNumeric(value)) return;
    const type = typeName(value);
    this.types.add(type);
    this.count++;
    if (value instanceof Decimal128) {
      const parts = exactParts(value);
      if (parts) this.decimals = plus(this.decimals, parts);
      else this.unreal += toNumber(value);
    } else if (type === 'long') {
      // A long has more digits than a double: each half of it goes in by itself, the lower one first.
      const whole = toBigInt(value);
      const low = whole % HALF;
      this.take(Number(low));
      this.take(Number(whole - low));
    } else this.take(toNumber(value));
  }

  private take(value: number): void {
    const { near, lost } = this;
    const taken = value + lost;
    const sum = near + taken;
    const own = sum - near;
    this.lost = lost - (taken - value) + (near - (sum - own) + (taken - own));
    this.near = sum;
    this.plain += value;
  }

  /** What whole numbers and doubles come to as a double. */
  private get binary(): number {
    return Number.isNaN(this.near) ? this.plain : this.near;
  }

  get sum(): unknown {
    const { types, near, lost, binary } = this;
    if (types.has('decimal')) {
      const [high, low] = [exactParts(near), exactParts(lost)];
      if (this.unreal === 0 && high && low) return decimalOf(plus(this.decimals, plus(high, low)));
      return Decimal128.fromString(String(this.unreal + (high ? 0 : binary)));
    }
    if (types.has('double')) return new Double(binary);
    return wholeNumber(BigInt(near) + BigInt(lost), types.has('long') ? 'long' : 'int');
  }

  /**
   * Null of no numbers.
   * @param exact whether whole numbers are divided as `sum` has them
   */
  average(exact: boolean): unknown {
    const { count, sum } = this;
    if (count === 0) return null;
    if (sum instanceof Decimal128) return decimalQuotient(sum, toDecimal(new Int32(count)));
    return new Double((exact ? toNumber(sum) : this.binary) / count);
  }
}
