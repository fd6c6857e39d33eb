/** A kind of problem, declared once beside what it is about. */
export interface ProblemType {
  /** Stable code in kebab case; on the wire `urn:parlance:problem:<code>`. */
  readonly code: string;
  /** HTTP status, on every transport. */
  readonly status: number;
  /** What happened, for people; the same at every occurrence. */
  readonly title: string;
}

/** Declares a kind of problem: `export const NotAMember = defineProblem('not-a-member', 404, '…')`. */
export function defineProblem(code: string, status: number, title: string): ProblemType {
  return Object.freeze({ code, status, title });
}
