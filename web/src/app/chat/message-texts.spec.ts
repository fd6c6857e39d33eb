import type { Message } from '@parlance/contracts';
import { describe, expect, it } from 'vitest';
import { ada, ben, message, problem, snapshotOf } from '../messages/testing/fixtures';
import { BubbleList } from '../messages/sync/bubbles';
import { changeError, firstLine, isBlank, quotesOf, shownText, UNSEEN_TEXT } from './message-texts';

const members = new Map([ada, ben].map((user) => [user.id, user] as const));
const loaded = (...newest: Message[]) => new BubbleList(snapshotOf(newest), [], 'ada');
const nothing = loaded();
const none = { get: () => undefined };

describe('what is shown of a message that another one answers', () => {
  it('is who said it and how it begins, with the way there', () => {
    const first = message(1, { body: 'one\n\ntwo' });
    expect(quotesOf([first.id], loaded(first), none, members).get(first.id)).toEqual({
      name: 'Ben',
      text: 'one two',
      state: 'there',
      seq: 1,
    });
  });

  it('is not its text once it was deleted', () => {
    const first = message(1, { body: '', deletedAt: '2026-03-02T12:00:00.000Z' });
    expect(quotesOf([first.id], loaded(first), none, members).get(first.id)).toMatchObject({
      text: '',
      state: 'deleted',
    });
  });

  it('says so when nothing of its text can be seen', () => {
    const first = message(1, { body: '\u3164' });
    expect(quotesOf([first.id], loaded(first), none, members).get(first.id)).toMatchObject({
      text: UNSEEN_TEXT,
      state: 'there',
    });
  });

  it('comes from elsewhere when it is not loaded, and from what is loaded when both have it', () => {
    const far = message(1, { body: 'far' });
    const known = { get: () => far };
    expect(quotesOf([far.id], nothing, known, members).get(far.id)?.text).toBe('far');
    const changed = message(1, { rev: 9, body: 'changed' });
    expect(quotesOf([far.id], loaded(changed), known, members).get(far.id)?.text).toBe('changed');
  });

  it('says when it cannot be had, and nothing while it is not known', () => {
    expect(quotesOf(['x'], nothing, { get: () => null }, members).get('x')?.state).toBe('gone');
    expect(quotesOf(['x'], nothing, none, members).has('x')).toBe(false);
  });
});

describe('the beginning of a text', () => {
  it('is one line of bounded length', () => {
    expect(firstLine('  a\n b ')).toBe('a b');
    expect(firstLine('x'.repeat(500)).length).toBeLessThan(130);
    expect(firstLine('abc', 2)).toBe('ab…');
  });

  it('ends behind a whole character', () => {
    expect(firstLine('😀😀😀', 2)).toBe('😀😀…');
  });

  it('says so when nothing of it can be seen', () => {
    expect(firstLine('\u200b\n\u2060')).toBe(UNSEEN_TEXT);
  });
});

describe('a text as it is shown', () => {
  it.each([
    ['is what was sent', '  a\n\nb', '  a\n\nb'],
    ['has no empty lines around it', '\n \n  a\n\n', '  a'],
    ['has a base for an accent without one', '\u0301\u0302', '\u25cc\u0301\u0302'],
    ['keeps an accent on its letter', 'x\u0301', 'x\u0301'],
  ])('%s', (_, text, shown) => {
    expect(shownText(text)).toBe(shown);
  });
});

describe('a text of which nothing can be seen', () => {
  it.each([
    ['nothing', ''],
    ['white space', ' \n\t\u00a0\u3000'],
    ['a zero-width space', '\u200b'],
    ['joiners', '\u200d\u2060\u200c'],
    ['a byte order mark', '\ufeff'],
    ['marks of direction', '\u200e\u200f\u202a\u202c\u2066\u2069'],
    ['a soft hyphen', '\u00ad'],
    ['fillers', '\u115f\u3164\uffa0\u2800'],
    ['a variation selector', '\ufe0f'],
    ['tags', '\u{e0041}\u{e007f}'],
  ])('is blank: %s', (_, text) => {
    expect(isBlank(text)).toBe(true);
  });

  it.each([
    ['a letter behind a mark of direction', '\u200fא'],
    ['an emoji made of several', '👩‍👩‍👧'],
    ['an accent alone', '\u0301'],
    ['a full stop', '.'],
  ])('is not: %s', (_, text) => {
    expect(isBlank(text)).toBe(false);
  });
});

describe('why a message could not be changed', () => {
  it('says that nothing is lost, that it is too late, or what is wrong with the text', () => {
    expect(changeError(problem(0))).toContain('still here');
    expect(changeError(problem(404))).toContain('any more');
    const errors = [{ path: 'body', rule: 'max', message: 'Write at most 4,000 characters.' }];
    expect(changeError(problem(422, 'validation', { errors }))).toBe('Write at most 4,000 characters.');
  });
});
