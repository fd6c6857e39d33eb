import { HttpTestingController } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import type { User } from '@parlance/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ada } from '../messages/testing/fixtures';
import { type FakeRealtime, setUp } from '../messages/testing/harness';
import { LOOK_AGAIN_MS, PeopleList, SEARCH_PAUSE_MS } from './people-list';
import { SEARCH_TIMEOUT_MS } from './user-directory';

const person = (name: string): User => ({
  id: name,
  username: name,
  displayName: name,
  avatarUrl: `/api/avatars/${name}`,
});

describe('PeopleList', () => {
  let list: PeopleList;
  let http: HttpTestingController;
  let realtime: FakeRealtime;

  const answer = (params: Record<string, string>, names: string[], next?: string) => {
    const request = http.expectOne(({ url }) => url === '/api/users');
    expect(
      Object.fromEntries(request.request.params.keys().map((key) => [key, request.request.params.get(key)])),
    ).toEqual(params);
    request.flush({ items: names.map(person), ...(next && { next }) });
  };
  const names = () => list.people().map(({ username }) => username);

  beforeEach(() => {
    vi.useFakeTimers();
    ({ http, realtime } = setUp(ada, PeopleList));
    list = TestBed.inject(PeopleList);
  });
  afterEach(() => {
    http.verify();
    TestBed.resetTestingModule();
    vi.useRealTimers();
  });

  it('pages through everybody, each once', () => {
    answer({}, ['ben', 'cleo'], 'after-cleo');
    expect(list.hasMore()).toBe(true);
    list.more();
    answer({ cursor: 'after-cleo' }, ['cleo', 'dan']);
    expect(names()).toEqual(['ben', 'cleo', 'dan']);
    expect(list.hasMore()).toBe(false);
  });

  it('asks when the typing pauses, once, for the last that was typed', () => {
    answer({}, ['ben']);
    list.search('c');
    list.search('cl');
    vi.advanceTimersByTime(SEARCH_PAUSE_MS);
    answer({ query: 'cl' }, ['cleo']);
    expect(names()).toEqual(['cleo']);
  });

  it('shows somebody who has joined meanwhile, in their place, and keeps the pages that are open', () => {
    answer({}, ['ben', 'dan'], 'after-dan');
    list.more();
    answer({ cursor: 'after-dan' }, ['eve'], 'after-eve');
    vi.advanceTimersByTime(LOOK_AGAIN_MS);
    answer({}, ['ben', 'cleo'], 'after-cleo');
    expect(names()).toEqual(['ben', 'cleo', 'dan', 'eve']);
    list.more();
    answer({ cursor: 'after-eve' }, ['fay']);
  });

  it('looks again when the connection is back, and a failed look changes nothing', () => {
    answer({}, ['ben']);
    realtime.lose();
    realtime.reconnect();
    http.expectOne('/api/users').error(new ProgressEvent('error'));
    expect(names()).toEqual(['ben']);
    expect(list.problem()).toBeNull();
  });

  it('says when the first page cannot be loaded, and tries again when it is asked to', () => {
    http.expectOne('/api/users').error(new ProgressEvent('error'));
    expect(list.problem()?.title).toBe('The server cannot be reached.');
    list.retry();
    answer({}, ['ben']);
    expect(list.problem()).toBeNull();
    expect(names()).toEqual(['ben']);
  });

  it('loads by itself when the connection is back, and says meanwhile what is wrong', () => {
    http.expectOne('/api/users').error(new ProgressEvent('error'));
    vi.advanceTimersByTime(LOOK_AGAIN_MS);
    http.expectOne('/api/users').error(new ProgressEvent('error'));
    expect(list.problem()?.title).toBe('The server cannot be reached.');
    realtime.lose();
    realtime.reconnect();
    answer({}, ['ben'], 'after-ben');
    expect(list.problem()).toBeNull();
    expect(names()).toEqual(['ben']);
    expect(list.hasMore()).toBe(true);
  });

  it('does not wait for an answer for ever', () => {
    const request = http.expectOne('/api/users');
    vi.advanceTimersByTime(SEARCH_TIMEOUT_MS);
    expect(request.cancelled).toBe(true);
    expect(list.problem()?.title).toBe('The server did not answer in time.');
    realtime.reconnect();
    answer({}, ['ben']);
    expect(names()).toEqual(['ben']);
  });
});
