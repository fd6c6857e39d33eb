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
import { MinuteClock } from './minute-clock';
import { boundsOf, earlier, later, type RenderWindow, trimmed } from './render-window';
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
  /** What stands before the very first message. */
  readonly beginning = input('');

  readonly olderWanted = output();
  /** Highest `seq` on the screen, whenever the end is there. */
  readonly shown = output<number>();
  readonly atEnd = output<boolean>();
  readonly retry = output<Bubble>();
  readonly edit = output<Bubble>();
  readonly discard = output<Bubble>();

  protected readonly isAtEnd = signal(true);
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

  /** Goes to the end and stays there. */
  follow(): void {
    this.place.stick();
    this.window.set({});
    this.settle();
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

  private settle(): void {
    const scroller = this.scroller().nativeElement;
    const content = this.content().nativeElement;
    if (!this.placed && this.bubbles().length > 0) this.start(content);
    this.place.restore(scroller, content);
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
