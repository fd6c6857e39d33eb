import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from 'vitest';
import { Avatar } from './avatar';

describe('Avatar', () => {
  it('shows initials where the picture cannot be loaded, and tries again with a new one', async () => {
    const fixture = TestBed.createComponent(Avatar);
    const element = fixture.nativeElement as HTMLElement;
    fixture.componentRef.setInput('user', { displayName: 'Ada de Sample', avatarUrl: '/api/avatars/gone' });
    await fixture.whenStable();
    element.querySelector('img')?.dispatchEvent(new Event('error'));
    await fixture.whenStable();
    expect(element.textContent?.trim()).toBe('AD');

    fixture.componentRef.setInput('user', { displayName: 'Ada de Sample', avatarUrl: '/api/avatars/new' });
    await fixture.whenStable();
    expect(element.querySelector('img')?.getAttribute('src')).toBe('/api/avatars/new');
  });

  it.each([
    ['active', 'online'],
    ['away', 'away'],
    ['offline', 'offline'],
    ['unknown', 'presence unknown'],
  ])('says whether somebody is there in words too: %s', async (presence, words) => {
    const fixture = TestBed.createComponent(Avatar);
    fixture.componentRef.setInput('user', { displayName: 'Ada', avatarUrl: '/api/avatars/ada' });
    fixture.componentRef.setInput('presence', presence);
    await fixture.whenStable();
    expect((fixture.nativeElement as HTMLElement).textContent?.trim()).toBe(words);
  });
});
