import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LocalDatabase } from '../core/storage/local-database';
import { CatchUp } from '../messages/catch-up';
import { problem } from '../messages/testing/fixtures';
import { setUp } from '../messages/testing/harness';
import { settled } from '../core/clock/testing/manual-clock';
import { CONNECTING_SHOWN_AFTER_MS, ConnectionBanner } from './connection-banner';

describe('the connection banner', () => {
  let around: ReturnType<typeof setUp>;
  let said: () => string;

  beforeEach(async () => {
    around = setUp();
    TestBed.inject(CatchUp);
    TestBed.tick();
    around.http.expectOne('/api/conversations').flush({ items: [] });
    await settled();
    // What RxJS waits by, and nothing that the database needs.
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const banner = TestBed.createComponent(ConnectionBanner);
    said = () => {
      TestBed.tick();
      return (banner.nativeElement as HTMLElement).textContent.trim();
    };
  });
  afterEach(async () => {
    vi.useRealTimers();
    await TestBed.inject(LocalDatabase).wipe();
  });

  it('says nothing while everything is current', () => {
    expect(said()).toBe('');
  });

  it.each([
    ['offline', /^You are offline\. .*what this device knew last/],
    ['reconnecting', /^Reconnecting… .*what this device knew last/],
  ] as const)('says at once, when it is %s, that what is shown may be old', (state, words) => {
    around.realtime.lose(state);
    expect(said()).toMatch(words);
  });

  it('says that the first connection does not come, once it takes longer than usual', () => {
    around.realtime.lose('connecting');
    expect(said()).toBe('');
    vi.advanceTimersByTime(CONNECTING_SHOWN_AFTER_MS);
    expect(said()).toMatch(/^Connecting… .*what this device knew last/);
    around.realtime.reconnect();
    expect(said()).toBe('');
  });

  it('says that a connection alone has brought nothing up to date, until it has', async () => {
    around.realtime.reconnect();
    around.http.expectOne('/api/conversations').flush(problem(503), { status: 503, statusText: 'Busy' });
    await settled();
    expect(said()).toBe('Not everything here is up to date. Trying again…');
    await around.clock.advance(15_000);
    around.http.expectOne('/api/conversations').flush({ items: [] });
    await settled();
    expect(said()).toBe('');
  });
});
