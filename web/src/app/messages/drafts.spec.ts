import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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
    /** Another tab stores a draft: the browser tells all but itself. */
    function storedElsewhere(text: string) {
      const key = 'parlance.text.draft.ada.c1';
      localStorage.setItem(key, text);
      window.dispatchEvent(new StorageEvent('storage', { key, newValue: text || null }));
    }

    const focused = (has: boolean) => vi.spyOn(document, 'hasFocus').mockReturnValue(has);
    beforeEach(() => focused(false));
    afterEach(() => vi.restoreAllMocks());

    it('follow what is typed there, and end when it is sent there', async () => {
      const { clock, drafts } = visit();
      drafts.set('c1', 'begun here');
      await clock.advance(DRAFT_DEBOUNCE_MS);
      storedElsewhere('begun here, ended there');
      expect(drafts.text('c1')).toBe('begun here, ended there');
      storedElsewhere('');
      expect(drafts.text('c1')).toBe('');
    });

    it('stay as they are where somebody types, whatever is typed or sent there', async () => {
      const { clock, drafts } = visit();
      focused(true);
      drafts.set('c1', 'typed here');
      await clock.advance(DRAFT_DEBOUNCE_MS);
      storedElsewhere('something else');
      storedElsewhere('');
      expect(drafts.text('c1')).toBe('typed here');
    });

    it('stay as they are until they are stored, and win', async () => {
      const { clock, drafts } = visit();
      drafts.set('c1', 'typed here');
      storedElsewhere('typed there');
      expect(drafts.text('c1')).toBe('typed here');
      await clock.advance(DRAFT_DEBOUNCE_MS);
      expect(reloaded().text('c1')).toBe('typed here');
    });

    it('are nobody else’s', () => {
      const { drafts } = visit({ ...ada, id: 'eve' });
      storedElsewhere('ada’s');
      expect(drafts.text('c1')).toBe('');
    });
  });
});
