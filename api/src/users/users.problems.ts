import { defineProblem } from '../core/errors/index.js';

export const UsernameTaken = defineProblem('username-taken', 409, 'This username is taken.');
export const EmailTaken = defineProblem('email-taken', 409, 'This e-mail address has an account already.');
