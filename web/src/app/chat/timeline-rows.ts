import type { Bubble } from '../messages/sync/bubbles';
import type { Run } from '../messages/sync/message-runs';
import { dayOf } from './time-format';

/** Bubbles of one sender stand together when no more than this lies between two of them, in milliseconds. */
export const GROUP_GAP_MS = 5 * 60_000;

export type TimelineRow =
  | { readonly kind: 'day'; readonly key: string; readonly at: string }
  | { readonly kind: 'divider'; readonly key: string }
  | { readonly kind: 'notice'; readonly key: string; readonly bubble: Bubble }
  | {
      readonly kind: 'message';
      readonly key: string;
      readonly bubble: Bubble;
      readonly mine: boolean;
      /** The first of what somebody says in a row. */
      readonly opens: boolean;
      /** The last of it, with the time. */
      readonly closes: boolean;
    };

/** What a part of a conversation is shown with. */
export interface RowContext {
  readonly ownId: string;
  /** `seq` of the message before which the *New* divider stands. */
  readonly dividerBefore?: number | undefined;
  /** What stands before the part. */
  readonly previous?: Bubble | undefined;
  /** What stands behind it. */
  readonly next?: Bubble | undefined;
}

/** `seq` of the first message in a loaded stretch that somebody else wrote after `seq`. */
export function firstUnread(
  list: { at(seq: number): Bubble | undefined },
  { first, last }: Run,
  ownId: string,
  after: number,
): number | undefined {
  for (let seq = Math.max(first, after + 1); seq <= last; seq++) if (list.at(seq)?.senderId !== ownId) return seq;
  return undefined;
}

/**
 * What the timeline shows, top to bottom: a heading for each day, the *New* divider, and bubbles, of which those that one
 * sender wrote in a row stand together. A row does not depend on which part of the conversation is shown.
 */
export function timelineRows(bubbles: readonly Bubble[], context: RowContext): TimelineRow[] {
  const rows: TimelineRow[] = [];
  bubbles.forEach((bubble, index) => {
    const previous = index === 0 ? context.previous : bubbles[index - 1];
    const next = index === bubbles.length - 1 ? context.next : bubbles[index + 1];
    if (!previous || dayOf(previous.createdAt) !== dayOf(bubble.createdAt)) {
      rows.push({ kind: 'day', key: `day ${bubble.key}`, at: bubble.createdAt });
    }
    if (isDivided(bubble, context)) rows.push({ kind: 'divider', key: 'divider' });
    const { key } = bubble;
    if (bubble.kind === 'system') rows.push({ kind: 'notice', key, bubble });
    else {
      const [opens, closes] = [!joins(previous, bubble, context), !joins(bubble, next, context)];
      rows.push({ kind: 'message', key, bubble, mine: bubble.senderId === context.ownId, opens, closes });
    }
  });
  return rows;
}

function isDivided({ seq }: Bubble, { dividerBefore }: RowContext): boolean {
  return seq !== undefined && seq === dividerBefore;
}

function joins(previous: Bubble | undefined, bubble: Bubble | undefined, context: RowContext): boolean {
  if (!previous || !bubble || isDivided(bubble, context)) return false;
  if (previous.kind === 'system' || bubble.kind === 'system') return false;
  // A failed one stands alone, with its reason and what can be done about it.
  if (previous.state === 'failed' || bubble.state === 'failed') return false;
  if (previous.senderId !== bubble.senderId) return false;
  if (dayOf(previous.createdAt) !== dayOf(bubble.createdAt)) return false;
  return Date.parse(bubble.createdAt) - Date.parse(previous.createdAt) <= GROUP_GAP_MS;
}
