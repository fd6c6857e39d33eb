import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalDatabase } from '../core/storage/local-database';
import { CatchUp } from '../messages/catch-up';
import { problem } from '../messages/testing/fixtures';
import { setUp } from '../messages/testing/harness';
import { settled } from '../core/clock/testing/manual-clock';
import { WAIT_SHOWN_AFTER_MS, ConnectionBanner } from './connection-banner';

describe('the connection banner', () => {
  let around: ReturnType<typeof setUp>;
  let said: () => string;

  beforeEach(async () => {
    around = setUp();
    TestBed.inject(CatchUp);
    TestBed.tick();
    around.http.expectOne('/api/conversations').flush({ items: [] });
    await settled();
    const banner = TestBed.createComponent(ConnectionBanner);
    said = () => {
      TestBed.tick();
      return (banner.nativeElement as HTMLElement).textContent.trim();
    };
  });
  afterEach(() => TestBed.inject(LocalDatabase).wipe());

  const CATCHING_UP = 'Catching up… You see what this device knew last.';
  async function answers(): Promise<void> {
    around.http.expectOne('/api/conversations').flush({ items: [] });
    await settled();
  }

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

  it('says that the first connection does not come, once it takes longer than usual', async () => {
    around.realtime.lose('connecting');
    expect(said()).toBe('');
    await around.clock.advance(WAIT_SHOWN_AFTER_MS);
    expect(said()).toMatch(/^Connecting… .*what this device knew last/);
    around.realtime.reconnect();
    await answers();
    expect(said()).toBe('');
  });

  it('says nothing of a new connection that soon brings everything up to date', async () => {
    around.realtime.reconnect();
    expect(said()).toBe('');
    await around.clock.advance(WAIT_SHOWN_AFTER_MS - 1);
    expect(said()).toBe('');
    await answers();
    await around.clock.advance(WAIT_SHOWN_AFTER_MS);
    expect(said()).toBe('');
  });

  it('says that a connection alone has brought nothing up to date, until it has', async () => {
    around.realtime.reconnect();
    expect(said()).toBe('');
    await around.clock.advance(WAIT_SHOWN_AFTER_MS);
    expect(said()).toBe(CATCHING_UP);
    await answers();
    expect(said()).toBe('');
  });

  it('goes on saying so while the server refuses to bring it up to date', async () => {
    around.realtime.reconnect();
    around.http.expectOne('/api/conversations').flush(problem(503), { status: 503, statusText: 'Busy' });
    await settled();
    said();
    await around.clock.advance(15_000);
    expect(said()).toBe(CATCHING_UP);
    await answers();
    expect(said()).toBe('');
  });
});
