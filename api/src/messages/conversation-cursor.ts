import { DomainError, ValidationFailed } from '../core/errors/index.js';
import { isObjectId } from '../core/validation/index.js';

/** Place in a list of conversations: the last one of the page before. */
export interface ConversationCursor {
  activityAt: Date;
  id: string;
}

export function encodeCursor({ activityAt, id }: ConversationCursor): string {
  return Buffer.from(`${activityAt.getTime()}.${id}`).toString('base64url');
}

/** Throws `ValidationFailed` for anything but what `encodeCursor` has made. */
export function decodeCursor(cursor: string): ConversationCursor {
  const [, time, id] = /^(\d{1,15})\.(.+)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (time === undefined || !isObjectId(id)) {
    throw new DomainError(ValidationFailed, {
      errors: [{ path: 'cursor', rule: 'cursor', message: 'This place is not known. Begin with the first page.' }],
    });
  }
  return { activityAt: new Date(Number(time)), id };
}
