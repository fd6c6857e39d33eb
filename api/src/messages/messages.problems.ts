import { defineProblem } from '../core/errors/index.js';

export const ClientIdReused = defineProblem(
  'client-id-reused',
  409,
  'This message was already sent, to another conversation.',
);
export const MessageDeleted = defineProblem('message-deleted', 409, 'This message was deleted.');
export const OutcomeUnknown = defineProblem(
  'outcome-unknown',
  503,
  'The server could not make sure that the message was saved. Send it again; it will not appear twice.',
);
