import { TestBed } from '@angular/core/testing';
import { firstValueFrom } from 'rxjs';
import { beforeEach, describe, expect, it } from 'vitest';
import { SessionHints } from './session-hints';

describe('SessionHints', () => {
  beforeEach(() => localStorage.clear());

  it('knows who has signed in in another tab, though storage has not come to this one yet', async () => {
    const [here, there] = [SessionHints, SessionHints].map((hints) => TestBed.runInInjectionContext(() => new hints()));
    const heard = here && firstValueFrom(here.otherTab$);
    there?.tellSignedIn('ada');
    expect(here?.userId).toBeNull();
    expect(await heard).toEqual({ said: 'signed-in', userId: 'ada' });
    expect(here?.userId).toBe('ada');
  });

  it('says nothing once its page is gone, though a sign-out be under way', () => {
    const hints = TestBed.inject(SessionHints);
    hints.remember('ada');
    TestBed.resetTestingModule();
    hints.tellSignedOut('ada');
    expect(localStorage).toHaveLength(0);
  });
});
