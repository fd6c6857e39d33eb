import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from 'vitest';
import { message } from './testing/fixtures';
import { setUp } from './testing/harness';
import { TYPING, Typing } from './typing';

function started() {
  const around = setUp();
  const typing = TestBed.inject(Typing);
  TestBed.tick();
  const notice = (active: boolean, userId = 'ben') =>
    around.realtime.tell('typing', { conversationId: 'c1', userId, active });
  const told = () => around.realtime.sent('typing').map(({ payload }) => payload.active);
  return { ...around, typing, notice, told };
}

describe('Typing', () => {
  it('shows who types until they stop or their message comes', () => {
    const { realtime, typing, notice } = started();
    notice(true);
    expect(typing.in('c1')).toEqual(['ben']);
    expect(typing.in('c2')).toEqual([]);
    notice(false);
    expect(typing.in('c1')).toEqual([]);
    notice(true);
    realtime.tell('message:created', message(1));
    expect(typing.in('c1')).toEqual([]);
  });

  it('forgets somebody of whom nothing more was heard', async () => {
    const { clock, typing, notice } = started();
    notice(true);
    await clock.advance(TYPING.expireMs - 1);
    notice(true);
    await clock.advance(TYPING.expireMs - 1);
    expect(typing.in('c1')).toEqual(['ben']);
    await clock.advance(1);
    expect(typing.in('c1')).toEqual([]);
  });

  it('heals within 35 s when the notice that somebody has stopped is lost with the connection', async () => {
    const { clock, realtime, typing, notice } = started();
    notice(true);
    realtime.lose();
    realtime.reconnect();
    await clock.advance(35_000);
    expect(typing.in('c1')).toEqual([]);
    notice(true);
    expect(typing.in('c1')).toEqual(['ben']);
  });

  it('does not show oneself on another device', () => {
    const { typing, notice } = started();
    notice(true, 'ada');
    expect(typing.in('c1')).toEqual([]);
  });

  it('tells others now and then while one types, and once when one stops', async () => {
    const { clock, typing, told } = started();
    typing.tell('c1', false);
    typing.tell('c1', true);
    typing.tell('c1', true);
    expect(told()).toEqual([true]);
    await clock.advance(TYPING.repeatMs);
    typing.tell('c1', true);
    typing.tell('c1', false);
    typing.tell('c1', false);
    expect(told()).toEqual([true, true, false]);
  });
});
