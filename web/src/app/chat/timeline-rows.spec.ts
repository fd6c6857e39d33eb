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

/** `day`, `divider`, or the sender with the places of what stands together. */
function outline(bubbles: Bubble[], readSeq?: number) {
  const list = { at: (seq: number) => bubbles.find((one) => one.seq === seq) };
  const run = { first: bubbles[0]?.seq ?? 1, last: bubbles.at(-1)?.seq ?? 0 };
  const dividerBefore = readSeq === undefined ? undefined : firstUnread(list, run, 'ada', readSeq);
  const lines: string[] = [];
  let isOpen = false;
  for (const row of timelineRows(bubbles, { ownId: 'ada', dividerBefore })) {
    const isNew = row.kind !== 'message' || row.opens;
    expect(isOpen, 'what stands together is closed before something else begins').toBe(!isNew);
    if (row.kind !== 'message') lines.push(row.kind);
    else if (row.opens) lines.push(`${row.bubble.senderId} ${row.bubble.seq ?? ''}`);
    else lines.push(`${lines.pop()} ${row.bubble.seq ?? ''}`);
    isOpen = row.kind === 'message' && !row.closes;
  }
  return lines;
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

  it('shows a row alike, whichever part of the conversation is shown', () => {
    const bubbles = [bubble(1, 'ben', 0), bubble(2, 'ben', 1), bubble(3, 'ben', 2), bubble(4, 'ada', 3)];
    const whole = timelineRows(bubbles, { ownId: 'ada' });
    const part = timelineRows(bubbles.slice(1, 3), { ownId: 'ada', previous: bubbles[0], next: bubbles[3] });
    expect(part).toEqual(whole.slice(2, 4));
    expect(part.map((row) => row.kind === 'message' && [row.opens, row.closes])).toEqual([
      [false, false],
      [false, true],
    ]);
  });
});
