import { createHash } from 'node:crypto';
import { createAvatar } from '@dicebear/core';
import * as lorelei from '@dicebear/lorelei';
import * as notionists from '@dicebear/notionists';
import * as thumbs from '@dicebear/thumbs';

/** A picture that follows from a style and a seed alone, and so needs no storage. */
export interface GeneratedAvatar {
  style: AvatarStyle;
  seed: string;
}

/**
 * Counts up when the same seed begins to give another picture (a new DiceBear, other options), so that addresses,
 * which are cached for good, change with what they show. A spec holds the pictures of this edition fast.
 */
const EDITION = 1;

const backgroundColor = ['b6e3f4', 'c0aede', 'd1d4f9', 'ffd5dc', 'ffdfbf'];

/** Bodies that are drawn without inline styles, which the pictures' content security policy does not allow. */
const plainBodies = Array.from({ length: 15 }, (_, index) => `variant${index + 11}` as 'variant11');

/** CC0 styles, each drawn without a word of foreign input: the seed only picks parts and colours. */
const STYLES = {
  thumbs: (seed: string) => createAvatar(thumbs, { seed }),
  lorelei: (seed: string) => createAvatar(lorelei, { seed, backgroundColor }),
  notionists: (seed: string) =>
    createAvatar(notionists, { seed, backgroundColor, body: plainBodies, bodyIconProbability: 0 }),
} as const;

export type AvatarStyle = keyof typeof STYLES;

const STYLE_NAMES = Object.keys(STYLES) as AvatarStyle[];
const DEFAULT_STYLE: AvatarStyle = 'thumbs';

/** A seed is ours by its form: sixteen hexadecimal digits of a hash. */
const CHOICE = new RegExp(`^(?<style>${STYLE_NAMES.join('|')})-(?<seed>[0-9a-f]{16})$`);
const EDITION_SUFFIX = /^(?<choice>.+)-e(?<edition>[1-9][0-9]?)$/;
const METADATA = /<metadata.*?<\/metadata>/s;

const seedOf = (...parts: string[]) => createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 16);

/** The picture of whoever has not set one. */
export function defaultAvatar(userId: string): GeneratedAvatar {
  return { style: DEFAULT_STYLE, seed: seedOf('default', userId) };
}

/** The `index`-th picture offered to a person, the same whenever asked; styles take turns. */
export function offeredAvatar(userId: string, index: number): GeneratedAvatar {
  const style = STYLE_NAMES[index % STYLE_NAMES.length] ?? DEFAULT_STYLE;
  return { style, seed: seedOf('offered', userId, String(index)) };
}

export function choiceOf({ style, seed }: GeneratedAvatar): string {
  return `${style}-${seed}`;
}

/** Undefined for whatever `choiceOf` does not write. */
export function parseChoice(choice: string): GeneratedAvatar | undefined {
  const { style, seed } = CHOICE.exec(choice)?.groups ?? {};
  return style && seed ? { style: style as AvatarStyle, seed } : undefined;
}

/** Id of the picture a choice shows. */
export function pictureIdOf(choice: string): string {
  return `${choice}-e${EDITION}`;
}

/** Undefined for what is no id of a generated picture. Earlier editions show what the choice looks like now. */
export function parsePictureId(id: string): GeneratedAvatar | undefined {
  const { choice, edition } = EDITION_SUFFIX.exec(id)?.groups ?? {};
  return choice && Number(edition) <= EDITION ? parseChoice(choice) : undefined;
}

/** The picture as SVG: shapes and colours only, without script, style, link or text. */
export function drawAvatar({ style, seed }: GeneratedAvatar): string {
  return STYLES[style](seed).toString().replace(METADATA, '');
}
