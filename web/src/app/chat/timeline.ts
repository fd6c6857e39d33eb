import {
  afterRenderEffect,
  ChangeDetectionStrategy,
  Component,
  computed,
  DestroyRef,
  effect,
  type ElementRef,
  inject,
  input,
  output,
  signal,
  viewChild,
} from '@angular/core';
import { LucideArrowDown } from '@lucide/angular';
import type { User } from '@parlance/contracts';
import type { Bubble } from '../messages/sync/bubbles';
import { Spinner } from '../ui/spinner';
import type { DeliveryState } from './delivery-mark';
import { MessageGroup } from './message-group';
import { hasMenu, type MessageChoice } from './message-menu';
import { NO_QUOTES, type Quote } from './message-quote';
import { MinuteClock } from './minute-clock';
import { around, boundsOf, earlier, later, type RenderWindow, trimmed } from './render-window';
import { ScrollPlace } from './scroll-place';
import { dayLabel } from './time-format';
import { firstUnread, timelineRows } from './timeline-rows';

/**
 * The messages of one conversation. Stays at the end while one is at the end, and where one is otherwise, whatever is
 * added above or below or grows. Only part of a long conversation stands in the document.
 */
@Component({
  selector: 'app-timeline',
  imports: [LucideArrowDown, MessageGroup, Spinner],
  templateUrl: './timeline.html',
  styleUrl: './timeline.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Timeline {
  private readonly minute = inject(MinuteClock);
  private readonly scroller = viewChild.required<ElementRef<HTMLElement>>('scroller');
  private readonly content = viewChild.required<ElementRef<HTMLElement>>('content');
  private readonly place = new ScrollPlace();
  private readonly window = signal<RenderWindow>({});
  private placed = false;
  /** Key of a bubble that is to be shown. */
  private wanted: string | undefined;

  readonly bubbles = input.required<readonly Bubble[]>();
  readonly ownId = input.required<string>();
  /** Members by id, for names and pictures. */
  readonly members = input.required<ReadonlyMap<string, User>>();
  readonly delivery = input.required<(seq: number) => DeliveryState>();
  /** Messages of others after this `seq` are new; absent when nothing is. */
  readonly newAfter = input<number>();
  readonly hasOlder = input(false);
  readonly older = input<'idle' | 'loading' | 'error'>('idle');
  /** E.g. `Amara is typing…`; empty when nobody is. */
  readonly typing = input('');
  /** What messages answer, by id of what they answer. */
  readonly quotes = input<ReadonlyMap<string, Quote>>(NO_QUOTES);
  /** What stands before the very first message. */
  readonly beginning = input('');

  readonly olderWanted = output();
  /** Highest `seq` on the screen, whenever the end is there. */
  readonly shown = output<number>();
  readonly atEnd = output<boolean>();
  readonly retry = output<Bubble>();
  readonly edit = output<Bubble>();
  readonly discard = output<Bubble>();
  readonly chosen = output<MessageChoice>();
  /** `seq` of a message that is quoted. */
  readonly quoteChosen = output<number>();

  protected readonly isAtEnd = signal(true);
  private readonly tabStop = signal<string | undefined>(undefined);
  /** Key of the bubble whose button is in the tab order: where one was last, or the last one. */
  protected readonly stopAt = computed(() => {
    const shown = this.bubbles().slice(...this.bounds());
    const last = shown.findLast(hasMenu)?.key;
    return shown.some((bubble) => bubble.key === this.tabStop() && hasMenu(bubble)) ? this.tabStop() : last;
  });
  private readonly reached = signal(0);
  private readonly lastSeq = computed(() => this.bubbles().findLast(({ seq }) => seq !== undefined)?.seq ?? 0);

  private readonly bounds = computed(() => boundsOf(this.window(), this.bubbles()));
  protected readonly isFromStart = computed(() => this.bounds()[0] === 0);
  private readonly dividerBefore = computed(() => {
    const after = this.newAfter();
    return after === undefined ? undefined : firstUnread(this.bubbles(), this.ownId(), after);
  });
  protected readonly rows = computed(() =>
    timelineRows(this.bubbles().slice(...this.bounds()), this.ownId(), this.dividerBefore()),
  );

  /** Messages of others that came below what one looks at. */
  protected readonly newBelow = computed(() =>
    this.isAtEnd()
      ? 0
      : this.bubbles().filter(({ seq, senderId }) => (seq ?? 0) > this.reached() && senderId !== this.ownId()).length,
  );

  constructor() {
    afterRenderEffect(() => {
      this.rows();
      this.typing();
      this.older();
      this.settle();
    });
    effect(() => this.atEnd.emit(this.isAtEnd()));
    // Rows may grow after they were rendered, and the room for them may change: a keyboard, a turned phone.
    const resized = new ResizeObserver(() => this.settle());
    effect(() => {
      resized.observe(this.scroller().nativeElement);
      resized.observe(this.content().nativeElement);
    });
    inject(DestroyRef).onDestroy(() => resized.disconnect());
  }

  /** Goes to a message that is loaded, and puts the focus there. */
  show(key: string): void {
    this.place.release();
    this.wanted = key;
    this.window.set(around(this.window(), this.bubbles(), key));
    this.settle();
  }

  /** Goes to the end and stays there. */
  follow(): void {
    this.place.stick();
    this.window.set({});
    this.settle();
  }

  /** Up and down between the buttons of messages, of which one at a time is in the tab order. */
  protected walk(event: KeyboardEvent): void {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const { target } = event;
    if (step === undefined || !(target instanceof HTMLElement) || !target.matches('[data-message-menu]')) return;
    const all = [...this.content().nativeElement.querySelectorAll<HTMLElement>('[data-message-menu]')];
    event.preventDefault();
    all[all.indexOf(target) + step]?.focus();
  }

  protected entered(key: string): void {
    this.tabStop.set(key);
  }

  protected jumpToLatest(): void {
    this.follow();
    // The button goes away with the press.
    this.scroller().nativeElement.focus({ preventScroll: true });
  }

  protected dayLabel(at: string): string {
    return dayLabel(at, this.minute.now());
  }

  protected look(): void {
    const scroller = this.scroller().nativeElement;
    const { toTop, toEnd } = this.place.look(scroller, this.content().nativeElement);
    const [start, end] = this.bounds();
    const isWhole = end === this.bubbles().length;
    if (!isWhole) this.place.release();
    this.isAtEnd.set(this.place.isSticking);
    if (this.place.isSticking && this.placed) {
      this.reached.set(this.lastSeq());
      this.shown.emit(this.lastSeq());
      this.window.set(trimmed(this.window(), this.bubbles()));
    }
    if (toTop < scroller.clientHeight) {
      if (start > 0) this.window.set(earlier(this.window(), this.bubbles()));
      else if (this.hasOlder() && this.older() === 'idle' && this.placed) this.olderWanted.emit();
    } else if (toEnd < scroller.clientHeight && !isWhole) {
      this.window.set(later(this.window(), this.bubbles()));
    }
  }

  /** Goes to what was wanted, as soon as it stands in the document. */
  private goToWanted(scroller: HTMLElement, content: HTMLElement): void {
    if (this.wanted === undefined) return;
    const element = content.querySelector<HTMLElement>(`[data-key="${CSS.escape(this.wanted)}"]`);
    if (!element) return;
    this.wanted = undefined;
    this.place.goTo(element, scroller);
    element.focus({ preventScroll: true });
  }

  private settle(): void {
    const scroller = this.scroller().nativeElement;
    const content = this.content().nativeElement;
    if (!this.placed && this.bubbles().length > 0) this.start(content);
    this.place.restore(scroller, content);
    this.goToWanted(scroller, content);
    this.look();
  }

  /** Where one begins to read: at the first new message, or at the end. */
  private start(content: HTMLElement): void {
    this.placed = true;
    this.reached.set(this.newAfter() ?? this.lastSeq());
    const divider = content.querySelector('[data-divider]');
    if (divider) this.place.goTo(divider, this.scroller().nativeElement);
  }
}
