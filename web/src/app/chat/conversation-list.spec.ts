import { Component } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { provideRouter, Router } from '@angular/router';
import { describe, expect, it } from 'vitest';
import type { User } from '@parlance/contracts';
import { settled } from '../core/clock/testing/manual-clock';
import { ada, ben, conversation } from '../messages/testing/fixtures';
import { setUp } from '../messages/testing/harness';
import { ConversationList } from './conversation-list';

@Component({ selector: 'app-nowhere', template: '' })
class Nowhere {}

const cem: User = { id: 'cem', username: 'cem', displayName: 'Cem', avatarUrl: '/api/avatars/cem' };
const withPerson = (id: string, user: User) =>
  conversation({ id, members: [ada, user].map((each) => ({ user: each, readSeq: 0, deliveredSeq: 0 })) });

/** The list of Ada's chats with Ben and with Cem. Nothing is drawn after a key unless `drawn` is waited for. */
async function shown() {
  const { http } = setUp(ada, provideRouter([{ path: '**', component: Nowhere }]));
  const fixture = TestBed.createComponent(ConversationList);
  const element = fixture.nativeElement as HTMLElement;
  // Focus is only of what is in the page.
  document.body.append(element);
  const search = element.querySelector('input') as HTMLInputElement;
  TestBed.tick();
  http.expectOne('/api/conversations').flush({ items: [withPerson('c1', ben), withPerson('c2', cem)] });
  await settled();
  const drawn = () => fixture.whenStable();
  await drawn();
  return {
    drawn,
    search,
    titles: () => [...element.querySelectorAll('.row b')].map(({ textContent }) => textContent),
    at: () => TestBed.inject(Router).url,
    type: (text: string) => {
      search.value = text;
      search.dispatchEvent(new Event('input'));
    },
    press: (key: string, more: KeyboardEventInit = {}) =>
      document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, ...more })),
  };
}

describe('ConversationList', () => {
  it('opens with Enter what is searched for, even before it is drawn', async () => {
    const { search, type, press, drawn, titles, at } = await shown();
    search.focus();
    type('nobody');
    await drawn();
    expect(titles()).toEqual([]);
    type('cem');
    press('Enter');
    await drawn();
    expect(at()).toBe('/chats/c2');
    expect(search.value).toBe('');
    expect(titles()).toHaveLength(2);
  });

  it('opens nothing with Enter where nothing is searched for or found', async () => {
    const { search, type, press, drawn, at } = await shown();
    search.focus();
    press('Enter');
    type('nobody');
    press('Enter');
    await drawn();
    expect(at()).toBe('/');
    expect(search.value).toBe('nobody');
  });

  it('leaves keys to the input method while a word is being composed', async () => {
    const { search, type, press, drawn, at } = await shown();
    search.focus();
    type('cem');
    press('Enter', { isComposing: true });
    press('Enter', { keyCode: 229 });
    press('ArrowDown', { isComposing: true });
    press('Escape', { isComposing: true });
    await drawn();
    expect(at()).toBe('/');
    expect(search.value).toBe('cem');
    expect(document.activeElement).toBe(search);
  });

  it('goes from the search into what is found, even before it is drawn, and walks the rows', async () => {
    const { search, type, press, drawn, titles } = await shown();
    const focused = () => document.activeElement?.querySelector('b')?.textContent;
    search.focus();
    type('cem');
    press('ArrowDown');
    await drawn();
    expect(focused()).toBe('Cem');
    type('');
    await drawn();
    const [first, last] = titles();
    press('End');
    await drawn();
    expect(focused()).toBe(last);
    press('ArrowUp');
    await drawn();
    expect(focused()).toBe(first);
    press('ArrowDown');
    press('Home');
    await drawn();
    expect(focused()).toBe(first);
  });
});
