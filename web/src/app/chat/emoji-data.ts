import { Injectable } from '@angular/core';

/** One emoji with the words by which it is found. */
export interface Emoji {
  readonly emoji: string;
  /** Its name, e.g. `grinning face`. */
  readonly name: string;
  readonly words: string;
  readonly group: number;
}

/** Groups of Unicode in their order, by the number that the data gives them; 2 is made of parts and is not shown. */
export const EMOJI_GROUPS = [
  { group: 0, name: 'Smileys', sign: '😀' },
  { group: 1, name: 'People', sign: '👋' },
  { group: 3, name: 'Animals and nature', sign: '🐻' },
  { group: 4, name: 'Food and drink', sign: '🍎' },
  { group: 5, name: 'Travel and places', sign: '🚗' },
  { group: 6, name: 'Activities', sign: '⚽' },
  { group: 7, name: 'Objects', sign: '💡' },
  { group: 8, name: 'Symbols', sign: '💜' },
  { group: 9, name: 'Flags', sign: '🏁' },
] as const;

/** Newest version of Emoji that systems in use can be expected to draw. */
const NEWEST_VERSION = 15;

interface EmojiRecord {
  emoji: string;
  annotation: string;
  tags?: string[];
  shortcodes?: string[];
  group?: number;
  version: number;
}

/** All emoji, from our own origin, loaded before somebody wants one, or then. */
@Injectable({ providedIn: 'root' })
export class EmojiData {
  private loading: Promise<readonly Emoji[]> | undefined;

  /** In the order of Unicode. Rejects when they cannot be loaded; the next call tries again. */
  all(): Promise<readonly Emoji[]> {
    this.loading ??= this.load().catch((error: unknown) => {
      this.loading = undefined;
      throw error;
    });
    return this.loading;
  }

  private async load(): Promise<readonly Emoji[]> {
    const answer = await fetch('/emoji/data.json');
    if (!answer.ok) throw new Error('The emoji could not be loaded.');
    const records = (await answer.json()) as EmojiRecord[];
    return records
      .filter(({ group, version }) => group !== undefined && group !== 2 && version <= NEWEST_VERSION)
      .map(({ emoji, annotation, tags, shortcodes, group }) => ({
        emoji,
        name: annotation,
        words: [annotation, ...(tags ?? []), ...(shortcodes ?? [])].join(' ').toLowerCase(),
        group: group ?? 0,
      }));
  }
}

/** Those that have every word of the query in their name, tags or codes. */
export function findEmoji(all: readonly Emoji[], query: string): Emoji[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter((emoji) => words.every((word) => emoji.words.includes(word)));
}
