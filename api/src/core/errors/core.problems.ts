import { defineProblem } from './problem-type.js';

export const ValidationFailed = defineProblem('validation-failed', 400, 'Some of what was sent cannot be accepted.');
export const MalformedRequest = defineProblem('malformed-request', 400, 'The request could not be read.');
export const Unauthenticated = defineProblem('unauthenticated', 401, 'Please sign in.');
export const Forbidden = defineProblem('forbidden', 403, 'You may not do this.');
export const NotFound = defineProblem('not-found', 404, 'There is nothing here, or nothing that you may see.');
export const UnknownEvent = defineProblem('unknown-event', 404, 'This server does not know that request.');
export const PayloadTooLarge = defineProblem('payload-too-large', 413, 'What was sent is too large.');
export const UnsupportedMediaType = defineProblem(
  'unsupported-media-type',
  415,
  'This kind of content is not accepted here.',
);
export const UpgradeRequired = defineProblem(
  'upgrade-required',
  426,
  'This client is too old or too new. Reload the page.',
);
export const TooManyRequests = defineProblem(
  'too-many-requests',
  429,
  'That was too much at once. Please wait a moment.',
);
export const Internal = defineProblem('internal', 500, 'Something went wrong on the server.');
export const Overloaded = defineProblem('overloaded', 503, 'The server is busy. Please try again in a moment.');
