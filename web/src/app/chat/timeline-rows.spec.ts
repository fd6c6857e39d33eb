import { describe, expect, it } from 'vitest';
import type { Bubble } from '../messages/sync/bubbles';
import { firstUnread, timelineRows } from './timeline-rows';

const noon = new Date(2026, 2, 4, 12, 0).getTime();

function bubble(seq: number, senderId: string, minutes: number, change: Partial<Bubble> = {}): Bubble {
  return {
    key: `m${seq}`,
    conversationId: 'c1',
    senderId,
    body: `text ${seq}`,
    createdAt: new Date(noon + minutes * 60_000).toISOString(),
    kind: 'text',
    seq,
    state: 'sent',
    ...change,
  };
}

/** `day`, `divider`, or the sender with the places in the group. */
function outline(bubbles: Bubble[], readSeq = Number.POSITIVE_INFINITY) {
  return timelineRows(bubbles, 'ada', firstUnread(bubbles, 'ada', readSeq)).map((row) =>
    row.kind === 'group' ? `${row.senderId} ${row.bubbles.map(({ seq }) => seq).join(' ')}` : row.kind,
  );
}

describe('timelineRows', () => {
  it('puts what one person says in a row into one group', () => {
    expect(outline([bubble(1, 'ben', 0), bubble(2, 'ben', 1), bubble(3, 'ada', 2), bubble(4, 'ben', 3)])).toEqual([
      'day',
      'ben 1 2',
      'ada 3',
      'ben 4',
    ]);
  });

  it('starts another group after a pause', () => {
    expect(outline([bubble(1, 'ben', 0), bubble(2, 'ben', 5), bubble(3, 'ben', 11)])).toEqual([
      'day',
      'ben 1 2',
      'ben 3',
    ]);
  });

  it('gives every local day its heading', () => {
    const lateAndEarly = [bubble(1, 'ben', 0), bubble(2, 'ben', 11 * 60 + 59), bubble(3, 'ben', 12 * 60)];
    expect(outline(lateAndEarly)).toEqual(['day', 'ben 1', 'ben 2', 'day', 'ben 3']);
  });

  it('draws the divider before the first unread message of somebody else', () => {
    const bubbles = [bubble(1, 'ben', 0), bubble(2, 'ada', 1), bubble(3, 'ben', 1), bubble(4, 'ben', 1)];
    expect(outline(bubbles, 1)).toEqual(['day', 'ben 1', 'ada 2', 'divider', 'ben 3 4']);
    expect(outline(bubbles, 3)).toEqual(['day', 'ben 1', 'ada 2', 'ben 3', 'divider', 'ben 4']);
    expect(outline(bubbles, 4)).not.toContain('divider');
    expect(outline(bubbles)).not.toContain('divider');
  });

  it('lets a failed message stand alone', () => {
    const failed = bubble(2, 'ada', 1, { state: 'failed', seq: undefined });
    expect(outline([bubble(1, 'ada', 0), failed, bubble(3, 'ada', 2)])).toEqual(['day', 'ada 1', 'ada ', 'ada 3']);
  });

  it('shows a system message as a notice between groups', () => {
    const notice = bubble(2, 'ben', 1, { kind: 'system' });
    expect(outline([bubble(1, 'ben', 0), notice, bubble(3, 'ben', 2)])).toEqual(['day', 'ben 1', 'notice', 'ben 3']);
  });
});
