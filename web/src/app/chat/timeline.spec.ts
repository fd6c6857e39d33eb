import { Component, signal, viewChild } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { BubbleList } from '../messages/sync/bubbles';
import { ConversationLog } from '../messages/sync/conversation-log';
import type { Run } from '../messages/sync/message-runs';
import { message, messages, snapshotOf } from '../messages/testing/fixtures';
import { Timeline } from './timeline';

@Component({
  selector: 'app-host',
  imports: [Timeline],
  template: `
    <app-timeline
      ownId="ada"
      [list]="list()"
      [members]="members"
      [delivery]="delivery"
      [unread]="unread()"
      (looked)="looked.push($event)"
      (placeWanted)="wanted.push($event)"
    />
  `,
})
class Host {
  readonly timeline = viewChild.required(Timeline);
  readonly list = signal(new BubbleList(snapshotOf([]), [], 'ada'));
  readonly unread = signal(0);
  readonly members = new Map();
  readonly looked: (Run | undefined)[] = [];
  readonly wanted: number[] = [];
  protected readonly delivery = () => 'read' as const;
}

/** A log of these messages, newest last, and a screen on it. There is no layout: everything is at the end all the time. */
function shown(from: number, to: number) {
  const log = new ConversationLog();
  log.startFrom({ items: messages(from, to), headSeq: to, headRev: to });
  const fixture = TestBed.createComponent(Host);
  const host = fixture.componentInstance;
  const look = () => {
    const { tail, loaded, held } = log;
    host.list.set(new BubbleList({ ...snapshotOf([]), tail, loaded, held }, [], 'ada'));
    fixture.detectChanges();
  };
  look();
  const element = fixture.nativeElement as HTMLElement;
  const seqs = () =>
    [...element.querySelectorAll<HTMLElement>('[data-seq]')].map(({ dataset }) => Number(dataset['seq']));
  const scroller = element.querySelector('.scroller') as HTMLElement;
  const press = (key: string) => {
    const event = new KeyboardEvent('keydown', { key, cancelable: true, bubbles: true });
    scroller.dispatchEvent(event);
    fixture.detectChanges();
    return event;
  };
  return { host, log, look, seqs, element, press };
}

describe('Timeline', () => {
  beforeEach(() => {
    vi.stubGlobal(
      'ResizeObserver',
      class {
        observe() {}
        disconnect() {}
      },
    );
  });

  it('shows the end of 50,000 messages, and what comes after it', () => {
    const { log, look, seqs } = shown(1, 50_000);
    expect(seqs().at(-1)).toBe(50_000);
    expect(seqs().length).toBeLessThan(250);
    log.receive(message(50_001));
    look();
    expect(seqs().at(-1)).toBe(50_001);
    expect(seqs()).toEqual(seqs().map((_, index, all) => (all[0] ?? 0) + index));
  });

  it('looks at nothing but the place that it goes to, so that this is not let go on the way', () => {
    const { host, log, look, seqs } = shown(40_001, 50_000);
    log.takePage(log.expectPage(), { items: messages(201, 300), headSeq: 50_000, headRev: 50_000 });
    host.looked.length = 0;
    host.timeline().show(250);
    look();
    expect(seqs()).toContain(250);
    expect(host.looked.length).toBeGreaterThan(0);
    for (const run of host.looked) expect(run && run.first <= 250 && run.last >= 250).toBe(true);
  });

  it('asks for the first message with Home, and shows the newest with End', () => {
    const { host, log, look, seqs, press } = shown(40_001, 50_000);
    expect(press('Home').defaultPrevented).toBe(true);
    expect(host.wanted).toEqual([1]);
    log.takePage(log.expectPage(), { items: messages(1, 100), headSeq: 50_000, headRev: 50_000 });
    host.timeline().show(1);
    look();
    expect(seqs()[0]).toBe(1);
    press('End');
    expect(seqs().at(-1)).toBe(50_000);
    expect(host.looked.at(-1)).toBeUndefined();
  });
});
