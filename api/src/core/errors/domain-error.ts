import type { FieldError } from '@parlance/contracts';
import type { ProblemType } from './problem-type.js';

/** What one occurrence adds to its kind. Nothing here may repeat a value of the input. */
export interface ProblemDetails {
  /** What happened this time and what to do. */
  detail?: string;
  /** The fields at fault. */
  errors?: FieldError[];
  /** Seconds until the next attempt makes sense. */
  retryAfter?: number;
  /** What lies behind it, for the log; never sent. */
  cause?: unknown;
}

/** The one error that services throw on purpose; every transport answers it as its problem. */
export class DomainError extends Error {
  constructor(
    readonly type: ProblemType,
    readonly details: ProblemDetails = {},
  ) {
    super(details.detail ?? type.title, { cause: details.cause });
    this.name = 'DomainError';
  }
}
