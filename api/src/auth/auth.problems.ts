import { defineProblem } from '../core/errors/index.js';

/** The same for an unknown name and a wrong password, so that nobody learns who has an account. */
export const BadCredentials = defineProblem('bad-credentials', 401, 'That name and that password do not go together.');
export const SessionEnded = defineProblem('session-ended', 401, 'This session has ended. Please sign in again.');
export const SignupClosed = defineProblem('signup-closed', 403, 'This server takes no new accounts.');
/** `SIGNUP=invite`: nobody can be invited yet, so for now this keeps everybody out who has no account. */
export const InvitationRequired = defineProblem(
  'invitation-required',
  403,
  'This server takes new accounts by invitation only.',
);
export const TooManyAttempts = defineProblem('too-many-attempts', 429, 'Too many attempts. Please wait a while.');
/** Not 401: the session is fine, and a client must not try again with a new token. */
export const WrongPassword = defineProblem('wrong-password', 403, 'The present password is not right.');
