/** All that extensions may import from the client; it changes by semantic versioning. */
export { ProblemError, toProblem } from './core/problem/problem';
export { Realtime } from './core/realtime/realtime';
export { Session } from './core/identity/session';
