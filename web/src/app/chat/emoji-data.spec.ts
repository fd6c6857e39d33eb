import { describe, expect, it } from 'vitest';
import { findEmoji } from './emoji-data';

const all = [
  { emoji: '👍', name: 'thumbs up', words: 'thumbs up +1 hand', group: 1 },
  { emoji: '👎', name: 'thumbs down', words: 'thumbs down -1 hand', group: 1 },
];
const found = (query: string) => findEmoji(all, query).map(({ emoji }) => emoji);

describe('findEmoji', () => {
  it('finds by every word of the query, in any order and case', () => {
    expect(found('thumbs')).toEqual(['👍', '👎']);
    expect(found('UP hand')).toEqual(['👍']);
    expect(found('up down')).toEqual([]);
  });
});
