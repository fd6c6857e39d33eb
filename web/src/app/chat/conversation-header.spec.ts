import { TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { UserPresence } from '@parlance/contracts';
import { ada, ben } from '../messages/testing/fixtures';
import { setUp } from '../messages/testing/harness';
import { Presence } from '../users/presence';
import { ConversationHeader } from './conversation-header';

/** The header of the conversation with Ben, of whom the server has told this. */
function headerWith(told: Omit<UserPresence, 'userId'>) {
  const { realtime } = setUp(ada, provideRouter([]));
  TestBed.inject(Presence);
  const fixture = TestBed.createComponent(ConversationHeader);
  fixture.componentRef.setInput('title', ben.displayName);
  fixture.componentRef.setInput('user', ben);
  realtime.tell('presence:changed', { userId: ben.id, ...told });
  const shown = async () => {
    await fixture.whenStable();
    const [dot, status] = ['app-presence-dot', 'p'].map((selector) =>
      (fixture.nativeElement as HTMLElement).querySelector(selector)?.textContent.trim(),
    );
    return { dot, status };
  };
  return { realtime, shown };
}

describe('ConversationHeader', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-03-02T12:00:00Z') });
  });
  afterEach(() => vi.useRealTimers());

  it.each<[string, Omit<UserPresence, 'userId'>]>([
    ['Active now', { state: 'active' }],
    ['Away', { state: 'away' }],
    ['Offline', { state: 'offline' }],
    ['Last seen', { state: 'offline', lastSeenAt: '2026-03-02T11:00:00.000Z' }],
  ])('says "%s", and nothing of it while there is no connection', async (words, told) => {
    const { realtime, shown } = headerWith(told);
    expect((await shown()).status).toContain(words);
    for (const state of ['reconnecting', 'offline'] as const) {
      realtime.lose(state);
      expect(await shown()).toEqual({ dot: 'presence unknown', status: '' });
    }
  });
});
