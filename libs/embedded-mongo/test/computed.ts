import { EJSON } from 'bson';
import { MongoError } from '../src/errors.js';
import { compileExpression, scopeOf } from '../src/language/expression.js';
import { BINARY } from '../src/language/values/ordering.js';
import type { Doc } from '../src/document.js';

const compiled = (spec: unknown) => compileExpression(spec, { ordering: BINARY, known: new Set() });

/** An expression with the value, or the code of the refusal, that is expected of it over a document. */
export type Expectation = readonly [spec: unknown, expected: unknown, document?: Doc];

/** What an expression gives, with all types; `E` and the code when it is refused, `missing` when it gives nothing. */
export function computed(spec: unknown, document: Doc = {}): string {
  return told(() => shown(computing(spec, document)));
}

/** The value of an expression, or what it throws. */
export function computing(spec: unknown, document: Doc = {}): unknown {
  return compiled(spec)(scopeOf(document, {}));
}

/** What is said of an expression before there is any document: nothing, or `E` and a code. */
export function compiling(spec: unknown): string {
  return told(() => {
    compiled(spec);
    return '';
  });
}

/** A value as `computed` tells it. */
export function shown(value: unknown): string {
  return value === undefined ? 'missing' : EJSON.stringify(value, { relaxed: false });
}

function told(compute: () => string): string {
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof MongoError)) throw error;
    return `E${error.code}`;
  }
}
