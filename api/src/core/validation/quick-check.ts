/** Takes what a field may hold in the form in which it is kept; `REFUSED` for anything else. */
export type FieldCheck = (value: unknown) => unknown;

/** No value of a field: it may be anything that JSON can hold. */
export const REFUSED = Symbol('refused');

type Constructor<T> = new () => T;

const checks = new WeakMap<object, (value: object) => object | undefined>();

/**
 * A second, quicker way in for a DTO that is met thousands of times a second: class-transformer and class-validator spend
 * about 15 µs on four fields, this spends less than one. It only ever accepts: whatever it does not take goes the long
 * way, which alone says what is wrong, so that the problems are the same. It must accept nothing that the decorators
 * refuse, and give the same object; the DTO's spec holds both against each other.
 *
 * `fields` names every field that the DTO knows. Checks see `undefined` where a field is absent.
 */
export function checkQuickly<T extends object>(
  type: Constructor<T>,
  fields: Readonly<Record<keyof T & string, FieldCheck>>,
): void {
  const known = new Map<string, FieldCheck>(Object.entries(fields));
  checks.set(type, (value) => {
    for (const name of Object.keys(value)) if (!known.has(name)) return undefined;
    const dto = new type() as Record<string, unknown>;
    for (const [name, check] of known) {
      const taken = check((value as Record<string, unknown>)[name]);
      if (taken === REFUSED) return undefined;
      if (taken !== undefined) dto[name] = taken;
    }
    return dto;
  });
}

/** The DTO of a value that is right; undefined for a class without a quick check, and for what the long way must judge. */
export function quicklyChecked(type: object, value: object): object | undefined {
  return checks.get(type)?.(value);
}
