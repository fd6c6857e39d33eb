import { TestBed } from '@angular/core/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LocalTexts } from '../core/storage/local-texts';
import { DRAFT_DEBOUNCE_MS, Drafts } from './drafts';
import { ada } from './testing/fixtures';
import { setUp } from './testing/harness';

function visit(user = ada) {
  TestBed.resetTestingModule();
  const around = setUp(user);
  const drafts = TestBed.inject(Drafts);
  TestBed.tick();
  return { ...around, drafts };
}

const reloaded = () => visit().drafts;

afterEach(() => TestBed.inject(LocalTexts).wipe());

describe('Drafts', () => {
  it('keep what was typed in each conversation apart', () => {
    const { drafts } = visit();
    drafts.set('c1', 'for one');
    drafts.set('c2', 'for two');
    expect([drafts.text('c1'), drafts.text('c2'), drafts.text('c3')]).toEqual(['for one', 'for two', '']);
  });

  it('are there after a reload once the typing has paused', async () => {
    const { clock, drafts } = visit();
    drafts.set('c1', 'h');
    drafts.set('c1', 'hello');
    await clock.advance(DRAFT_DEBOUNCE_MS);
    expect(reloaded().text('c1')).toBe('hello');
  });

  it('are there after a reload in the middle of a word', () => {
    const { drafts } = visit();
    drafts.set('c1', 'half a sen');
    window.dispatchEvent(new Event('pagehide'));
    expect(reloaded().text('c1')).toBe('half a sen');
  });

  it('end with an empty text', () => {
    const { drafts } = visit();
    drafts.set('c1', 'hello');
    drafts.flush();
    drafts.set('c1', '');
    drafts.flush();
    expect(reloaded().text('c1')).toBe('');
  });

  it('are nobody else’s', () => {
    const { drafts } = visit();
    drafts.set('c1', 'ada’s');
    drafts.flush();
    expect(visit({ ...ada, id: 'eve' }).drafts.text('c1')).toBe('');
  });

  describe('beside another tab', () => {
    /** Another tab stores something: the browser tells all but itself. */
    function stored(kind: string, text: string) {
      const key = `parlance.text.${kind}.ada.c1`;
      if (text) localStorage.setItem(key, text);
      else localStorage.removeItem(key);
      window.dispatchEvent(new StorageEvent('storage', { key, newValue: text || null }));
    }
    const storedElsewhere = (text: string) => stored('draft', text);
    const answeredElsewhere = (messageId: string) => stored('answer', messageId);
    afterEach(() => vi.restoreAllMocks());

    it('follow what is typed there, and end when it is sent there', async () => {
      const { clock, drafts } = visit();
      const replaced: string[] = [];
      drafts.replaced$.subscribe((id) => replaced.push(`${id}: ${drafts.text(id)}`));
      drafts.set('c1', 'begun here');
      await clock.advance(DRAFT_DEBOUNCE_MS);
      storedElsewhere('begun here, ended there');
      storedElsewhere('');
      expect(replaced).toEqual(['c1: begun here, ended there', 'c1: ']);
    });

    it('stay as they are while somebody types, whatever is typed there, and then both stand', async () => {
      const { clock, drafts } = visit();
      drafts.set('c1', 'typed here');
      storedElsewhere('typed there');
      expect(drafts.text('c1')).toBe('typed here');
      await clock.advance(DRAFT_DEBOUNCE_MS);
      expect(drafts.text('c1')).toBe('typed there\ntyped here');
      expect(reloaded().text('c1')).toBe('typed there\ntyped here');
    });

    it.each([
      ['goes on with what this one has', 'one two', 'one two three', 'one two three'],
      ['has less of it', 'one two', 'one', 'one two'],
      ['has sent it', 'one two', '', 'one two'],
    ])('do not say anything twice when another tab %s', async (_, here, there, both) => {
      const { clock, drafts } = visit();
      drafts.set('c1', 'one');
      await clock.advance(DRAFT_DEBOUNCE_MS);
      drafts.set('c1', here);
      storedElsewhere(there);
      await clock.advance(DRAFT_DEBOUNCE_MS);
      expect(drafts.text('c1')).toBe(both);
    });

    it('end when they are sent, but not what was typed there meanwhile', () => {
      const { drafts } = visit();
      drafts.set('c1', 'sent from here');
      storedElsewhere('typed there');
      drafts.set('c1', '');
      drafts.flush();
      expect(drafts.text('c1')).toBe('typed there');
    });

    it('are stored before somebody can type there', () => {
      const { drafts } = visit();
      drafts.set('c1', 'half a sen');
      window.dispatchEvent(new Event('blur'));
      expect(reloaded().text('c1')).toBe('half a sen');
    });

    it('take up what was typed and answered there when the page was told nothing of it', () => {
      const { drafts } = visit();
      localStorage.setItem('parlance.text.draft.ada.c1', 'typed there');
      localStorage.setItem('parlance.text.answer.ada.c1', 'm1');
      window.dispatchEvent(new Event('pageshow'));
      expect([drafts.text('c1'), drafts.answerTo('c1')]).toEqual(['typed there', 'm1']);
    });

    it('answer what they answered before, if they answered anything', async () => {
      const { clock, drafts } = visit();
      drafts.setAnswerTo('c1', 'm1');
      drafts.set('c1', 'typed here');
      answeredElsewhere('');
      expect(drafts.answerTo('c1')).toBe('m1');
      await clock.advance(DRAFT_DEBOUNCE_MS);
      answeredElsewhere('m2');
      expect(drafts.answerTo('c1')).toBe('m2');
    });

    it('stay where they cannot be stored', async () => {
      const { clock, drafts } = visit();
      vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
        throw new DOMException('full', 'QuotaExceededError');
      });
      drafts.set('c1', 'typed here');
      await clock.advance(DRAFT_DEBOUNCE_MS);
      drafts.set('c1', 'typed here, and more');
      await clock.advance(DRAFT_DEBOUNCE_MS);
      window.dispatchEvent(new Event('focus'));
      expect(drafts.text('c1')).toBe('typed here, and more');
    });

    it('are nobody else’s', () => {
      const { drafts } = visit({ ...ada, id: 'eve' });
      storedElsewhere('ada’s');
      expect(drafts.text('c1')).toBe('');
    });
  });
});
