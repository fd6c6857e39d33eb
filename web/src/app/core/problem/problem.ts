import { HttpErrorResponse } from '@angular/common/http';
import { type Problem, PROBLEM_TYPE_PREFIX } from '@parlance/contracts';
import { TimeoutError } from 'rxjs';

/** An error that says to people what happened: the server's problem, or one of our own in the same shape. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.title);
    this.name = 'ProblemError';
  }

  /** What follows `urn:parlance:problem:`, e.g. `username-taken`. */
  get code(): string {
    return codeOf(this.problem);
  }
}

/** Code of a problem, e.g. `username-taken`. */
export function codeOf(problem: Problem): string {
  return problem.type.startsWith(PROBLEM_TYPE_PREFIX) ? problem.type.slice(PROBLEM_TYPE_PREFIX.length) : problem.type;
}

const own = (code: string, title: string, detail: string, status = 0): Problem => ({
  type: PROBLEM_TYPE_PREFIX + code,
  title,
  detail,
  status,
});

/** The server cannot be reached; status 0. */
export const unreachable = () =>
  own('unreachable', 'The server cannot be reached.', 'Check the connection; what you typed is kept.');
/** The server did not answer in time; status 0. */
export const timedOut = () => own('timeout', 'The server did not answer in time.', 'It will be tried again.');
/** What would be sent is more than a frame may hold; status 413, as the server says it. */
export const payloadTooLarge = () =>
  own('payload-too-large', 'What was sent is too large.', 'Send less of it at a time.', 413);
/** Another tab has signed out meanwhile; status 401, as the server says it. */
export const sessionEnded = () => own('session-ended', 'This session has ended.', 'Sign in again.', 401);
const unexpected = () => own('unexpected', 'Something went wrong.', 'Try again. If it stays, reload the page.');

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'type' in value && 'title' in value && 'status' in value;
}

/** Whatever went wrong, as a problem that a screen can show. */
export function toProblem(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (isProblem(error)) return error;
  if (error instanceof TimeoutError) return timedOut();
  if (!(error instanceof HttpErrorResponse)) return unexpected();
  if (error.status === 0) return unreachable();
  if (isProblem(error.error)) return error.error;
  if (typeof error.error === 'string') {
    try {
      const parsed: unknown = JSON.parse(error.error);
      if (isProblem(parsed)) return parsed;
    } catch {
      // Not JSON: a proxy's page, say. The status is all there is.
    }
  }
  return { ...unexpected(), status: error.status };
}

/** What the problem says about one field, if it says anything. */
export function fieldMessage(problem: Problem | null, path: string): string | undefined {
  return problem?.errors?.find((error) => error.path === path)?.message;
}
