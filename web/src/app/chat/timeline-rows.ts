import type { Bubble } from '../messages/sync/bubbles';
import { dayOf } from './time-format';

/** Bubbles of one sender stand together when no more than this lies between two of them, in milliseconds. */
export const GROUP_GAP_MS = 5 * 60_000;

export type TimelineRow =
  | { readonly kind: 'day'; readonly key: string; readonly at: string }
  | { readonly kind: 'divider'; readonly key: string }
  | { readonly kind: 'notice'; readonly key: string; readonly bubble: Bubble }
  | {
      readonly kind: 'group';
      readonly key: string;
      readonly senderId: string;
      readonly mine: boolean;
      readonly bubbles: readonly Bubble[];
    };

/** Key of the first message of somebody else after `seq`, before which the *New* divider stands. */
export function firstUnread(bubbles: readonly Bubble[], ownId: string, seq: number): string | undefined {
  return bubbles.find((bubble) => bubble.senderId !== ownId && (bubble.seq ?? 0) > seq)?.key;
}

/**
 * What the timeline shows, top to bottom: a heading for each day, bubbles in groups by sender, and the *New* divider
 * before the bubble with the key `dividerBefore`.
 */
export function timelineRows(bubbles: readonly Bubble[], ownId: string, dividerBefore?: string): TimelineRow[] {
  const rows: TimelineRow[] = [];
  let group: { key: string; senderId: string; bubbles: Bubble[] } | undefined;
  let previous: Bubble | undefined;

  for (const bubble of bubbles) {
    const isNewDay = !previous || dayOf(previous.createdAt) !== dayOf(bubble.createdAt);
    if (isNewDay) rows.push({ kind: 'day', key: `day ${bubble.key}`, at: bubble.createdAt });
    const isFirstUnread = bubble.key === dividerBefore;
    if (isFirstUnread) rows.push({ kind: 'divider', key: 'divider' });
    if (bubble.kind === 'system') {
      rows.push({ kind: 'notice', key: bubble.key, bubble });
      group = undefined;
    } else if (group && previous && !isNewDay && !isFirstUnread && joins(previous, bubble)) {
      group.bubbles.push(bubble);
    } else {
      group = { key: bubble.key, senderId: bubble.senderId, bubbles: [bubble] };
      rows.push({ kind: 'group', mine: bubble.senderId === ownId, ...group });
    }
    previous = bubble;
  }
  return rows;
}

function joins(previous: Bubble, bubble: Bubble): boolean {
  // A failed one stands alone, with its reason and what can be done about it.
  if (previous.state === 'failed' || bubble.state === 'failed') return false;
  if (previous.senderId !== bubble.senderId) return false;
  return Date.parse(bubble.createdAt) - Date.parse(previous.createdAt) <= GROUP_GAP_MS;
}
