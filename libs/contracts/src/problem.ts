/** Prefix of every problem's `type`; what follows is its code, e.g. `bad-credentials`. */
export const PROBLEM_TYPE_PREFIX = 'urn:parlance:problem:';

/** One field that broke one rule. */
export interface FieldError {
  /** Path of the field in the request, e.g. `password` or `memberIds.3`; empty for the request itself. */
  path: string;
  /** Stable name of the broken rule, e.g. `min-length`, `taken`, `not-allowed`. */
  rule: string;
  /** What is wrong and what to do, for people. Never repeats the value. */
  message: string;
}

/** RFC 9457 problem: the one shape of an error on HTTP, in acks and in `connect_error`. */
export interface Problem {
  /** `urn:parlance:problem:<code>` */
  type: string;
  /** What happened, for people; the same for every occurrence of this type. */
  title: string;
  /** HTTP status, on every transport. */
  status: number;
  /** What happened this time and what to do. */
  detail?: string;
  /** The fields at fault, when the request was. */
  errors?: FieldError[];
  /** Seconds to wait before the next attempt (429 and 503). */
  retryAfter?: number;
  /** Only on 5xx: what an operator searches the log for. */
  traceId?: string;
}

/** Answer of every socket request. */
export type Ack<T> = { ok: true; data: T } | { ok: false; problem: Problem };

/** A page of a listing; `next` is an opaque cursor, absent on the last page. */
export interface Page<T> {
  items: T[];
  next?: string;
}
