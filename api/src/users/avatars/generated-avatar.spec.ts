import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import {
  choiceOf,
  defaultAvatar,
  drawAvatar,
  offeredAvatar,
  parseChoice,
  parsePictureId,
  pictureIdOf,
} from './generated-avatar.js';

const ADA = '0123456789abcdef01234567';
const BOB = '76543210fedcba9876543210';
const offers = (userId: string, count: number) =>
  Array.from({ length: count }, (_, index) => offeredAvatar(userId, index));

describe('generated avatars', () => {
  it('offers each person other pictures, in all styles, none of them twice', () => {
    const offered = [...offers(ADA, 60), ...offers(BOB, 60)].map(choiceOf);
    expect(new Set(offered).size).toBe(120);
    expect(new Set(offers(ADA, 3).map(({ style }) => style))).toEqual(new Set(['thumbs', 'lorelei', 'notionists']));
  });

  it('offers a person the same pictures whenever asked', () => {
    expect(offers(ADA, 30)).toEqual(offers(ADA, 30));
  });

  it('gives people different default pictures', () => {
    expect(drawAvatar(defaultAvatar(ADA))).not.toBe(drawAvatar(defaultAvatar(BOB)));
  });

  it('finds a choice again by the id of its picture', () => {
    const avatar = offeredAvatar(ADA, 4);
    expect(parseChoice(choiceOf(avatar))).toEqual(avatar);
    expect(parsePictureId(pictureIdOf(choiceOf(avatar)))).toEqual(avatar);
  });

  it.each([
    'thumbs',
    'thumbs-',
    'thumbs-0123456789ABCDEF',
    'thumbs-0123456789abcde',
    'thumbs-0123456789abcdef0',
    'shapes-0123456789abcdef',
    'constructor-0123456789abcdef',
    '__proto__-0123456789abcdef',
    ' thumbs-0123456789abcdef',
    'thumbs-0123456789abcdef\n',
    '<svg>-0123456789abcdef',
  ])('does not take %j for a choice', (choice) => {
    expect(parseChoice(choice)).toBeUndefined();
  });

  it.each(['-e0', '-e99', '-e', '', '-e1-e1', '-e01'])(
    'does not take a choice with %j behind it for a picture',
    (suffix) => {
      expect(parsePictureId(`thumbs-0123456789abcdef${suffix}`)).toBeUndefined();
    },
  );

  it('draws shapes only: no script, style, link, text or handler, in any of 300 pictures', () => {
    for (const avatar of offers(ADA, 300)) {
      const svg = drawAvatar(avatar);
      expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
      expect(svg).not.toMatch(
        /<(script|style|a|text|image|use|foreignObject|metadata|animate|set)\b|\s(style|on\w+|href|xlink:href)=/i,
      );
    }
  });

  it('shows under an address what it has always shown; whoever changes the pictures counts the edition up', () => {
    const hash = (style: 'thumbs' | 'lorelei' | 'notionists') =>
      createHash('sha256')
        .update(drawAvatar({ style, seed: '0123456789abcdef' }))
        .digest('hex')
        .slice(0, 16);
    expect({ thumbs: hash('thumbs'), lorelei: hash('lorelei'), notionists: hash('notionists') }).toEqual({
      thumbs: '9d34352380d2158b',
      lorelei: '924c77d17e19f4cc',
      notionists: '6cd53970838b1000',
    });
  });
});
