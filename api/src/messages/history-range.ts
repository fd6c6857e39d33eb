import { PAGE } from '@parlance/contracts';
import { DomainError, ValidationFailed } from '../core/errors/index.js';

/** Which page of a history is wanted; none of the three means the latest. */
export interface HistoryQuery {
  before?: number;
  after?: number;
  around?: number;
  limit?: number;
}

/** Places from `first` to `last`, both included; empty when `last` is smaller. */
export interface SeqRange {
  first: number;
  last: number;
}

/** `seq` is dense, so a page is a range of it and never holds more than `limit`. Throws `ValidationFailed`. */
export function historyRange(query: HistoryQuery, headSeq: number): SeqRange {
  refuseSeveral(query);
  const { before, after, around, limit = PAGE.messages.default } = query;
  if (after !== undefined) return { first: after + 1, last: Math.min(headSeq, after + limit) };
  const last =
    around === undefined
      ? Math.min(headSeq, (before ?? headSeq + 1) - 1)
      : Math.min(headSeq, Math.max(1, around - Math.floor(limit / 2)) + limit - 1);
  return { first: Math.max(1, last - limit + 1), last };
}

function refuseSeveral({ before, after, around }: HistoryQuery): void {
  const given = Object.entries({ before, after, around }).filter(([, value]) => value !== undefined);
  if (given.length <= 1) return;
  throw new DomainError(ValidationFailed, {
    errors: given.slice(1).map(([path]) => ({
      path,
      rule: 'exclusive',
      message: 'Ask for what is before, after or around a message, not for several at once.',
    })),
  });
}
