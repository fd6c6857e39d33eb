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
import type { Bubble, BubbleList } from '../messages/sync/bubbles';
import type { PageState } from '../messages/sync/history-pages';
import type { Run } from '../messages/sync/message-runs';
import { Spinner } from '../ui/spinner';
import type { DeliveryState } from './delivery-mark';
import { hasMenu, type MessageChoice } from './message-menu';
import { NO_QUOTES, type Quote } from './message-quote';
import { MessageRow } from './message-row';
import { walkedTo } from './message-walk';
import { MinuteClock } from './minute-clock';
import { around, boundsOf, holds, type RenderWindow, slid, windowOf } from './render-window';
import { ScrollPlace, within } from './scroll-place';
import { dayLabel } from './time-format';
import { firstUnread, timelineRows } from './timeline-rows';

/** The next page is asked for when no more than so many loaded messages are left to be rendered. */
const ASK_AHEAD = 60;

/** What is gone to as soon as it stands in the document. */
interface Target {
  readonly selector: string;
  readonly takesFocus: boolean;
}

/**
 * The messages of one conversation. Stays at the end while one is at the end, and where one is otherwise, whatever is
 * added above or below or grows. Of a long conversation only what is near stands in the document, so that every step
 * costs the same in a conversation of a hundred messages and of a hundred thousand.
 */
@Component({
  selector: 'app-timeline',
  imports: [LucideArrowDown, MessageRow, Spinner],
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
  private wanted: Target | undefined;
  /** What the document shows; for a moment not what it is about to show. */
  private drawn: Run | undefined;
  /** The focus is in the document part that may be taken out. */
  private hadFocus = false;

  readonly list = input.required<BubbleList>();
  readonly ownId = input.required<string>();
  /** Members by id, for names and pictures. */
  readonly members = input.required<ReadonlyMap<string, User>>();
  readonly delivery = input.required<(seq: number) => DeliveryState>();
  /** Messages of others after this `seq` are new; absent when nothing is. */
  readonly newAfter = input<number>();
  /** Messages of others that were not seen. */
  readonly unread = input(0);
  readonly older = input<PageState>('idle');
  readonly newer = input<PageState>('idle');
  /** A message that is to be shown is being loaded. */
  readonly going = input(false);
  /** E.g. `Amara is typing…`; empty when nobody is. */
  readonly typing = input('');
  /** What messages answer, by id of what they answer. */
  readonly quotes = input<ReadonlyMap<string, Quote>>(NO_QUOTES);
  /** What stands before the very first message. */
  readonly beginning = input('');

  readonly olderWanted = output();
  readonly newerWanted = output();
  /** `seq` of a message that is to be shown, loaded or not. */
  readonly placeWanted = output<number>();
  /** What stands in the document. */
  readonly rendered = output<Run>();
  /** What is looked at; undefined for the end. */
  readonly looked = output<Run | undefined>();
  /** Highest `seq` on the screen, whenever the end is there. */
  readonly shown = output<number>();
  readonly atEnd = output<boolean>();
  readonly retry = output<Bubble>();
  readonly edit = output<Bubble>();
  readonly discard = output<Bubble>();
  readonly chosen = output<MessageChoice>();

  protected readonly isAtEnd = signal(true);
  /** The loaded stretch that is shown. */
  protected readonly run = computed<Run>(() => this.list().runOf(this.window().first ?? 0) ?? this.list().tail, {
    equal: isSame,
  });
  protected readonly bounds = computed(() => boundsOf(this.window(), this.run()), { equal: isSame });
  /** The stretch lies apart from the newest messages. */
  protected readonly isDetached = computed(() => this.run().last < this.list().tail.first);
  private readonly bubbles = computed(() => this.list().between(this.bounds().first, this.bounds().last));
  private readonly dividerBefore = computed(() => {
    const after = this.newAfter();
    if (after === undefined || (this.isDetached() && this.run().first > after + 1)) return undefined;
    return firstUnread(this.list(), this.run(), this.ownId(), after);
  });
  protected readonly rows = computed(() => {
    const { first, last } = this.bounds();
    return timelineRows(this.bubbles(), {
      ownId: this.ownId(),
      dividerBefore: this.dividerBefore(),
      previous: this.list().at(first - 1),
      next: this.list().at(last + 1),
    });
  });

  private readonly tabStop = signal<string | undefined>(undefined);
  /** Key of the bubble whose button is in the tab order: where one was last, or the last one. */
  protected readonly stopAt = computed(() => {
    const stops = this.bubbles().filter(hasMenu);
    return stops.some(({ key }) => key === this.tabStop()) ? this.tabStop() : stops.at(-1)?.key;
  });
  /** Messages of others that came below what one looks at. */
  protected readonly newBelow = computed(() => (this.isAtEnd() ? 0 : this.unread()));

  constructor() {
    afterRenderEffect(() => {
      this.drawn = this.bounds();
      this.rows();
      this.typing();
      this.older();
      this.newer();
      this.settle();
    });
    effect(() => this.atEnd.emit(this.isAtEnd()));
    effect(() => this.rendered.emit(this.bounds()));
    effect(() => this.looked.emit(this.isAtEnd() || this.list().isEmpty ? undefined : this.bounds()));
    // Rows may grow after they were rendered, and the room for them may change: a keyboard, a turned phone.
    const resized = new ResizeObserver(() => this.settle());
    effect(() => {
      resized.observe(this.scroller().nativeElement);
      resized.observe(this.content().nativeElement);
    });
    inject(DestroyRef).onDestroy(() => resized.disconnect());
  }

  /** Goes to a message that is loaded, and puts the focus there. */
  show(seq: number): void {
    const run = this.list().runOf(seq);
    if (!run) return;
    this.head({ selector: `[data-seq="${seq}"]`, takesFocus: true }, seq, run);
    this.settle();
  }

  /** Goes to the end and stays there. */
  follow(): void {
    this.wanted = undefined;
    this.place.stick();
    this.window.set({});
    this.settle();
  }

  /** Home and End lead to the ends of the conversation, up and down from message to message. */
  protected pressed(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || this.list().isEmpty) return;
    if (event.key === 'Home') this.placeWanted.emit(1);
    else if (event.key === 'End') this.jumpToLatest();
    else {
      const next = walkedTo(this.content().nativeElement, event);
      if (!next) return;
      next.focus();
    }
    event.preventDefault();
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

  protected scrolled(): void {
    this.place.hold(this.scroller().nativeElement, this.content().nativeElement);
    this.look();
  }

  private look(): void {
    // What is seen on the way was not looked at.
    if (this.wanted || this.drawn !== this.bounds()) return;
    const { toTop, toEnd } = this.place.measure(this.scroller().nativeElement);
    if (this.bounds().last < this.list().tail.last) this.place.release();
    this.isAtEnd.set(this.place.isSticking);
    if (this.place.isSticking && this.placed) this.shown.emit(this.list().tail.last);
    this.keepNear(toTop, toEnd);
    this.askForPages(toTop);
  }

  /** Renders what comes into reach, and takes out what is far away. */
  private keepNear(toTop: number, toEnd: number): void {
    const [scroller, content] = [this.scroller().nativeElement, this.content().nativeElement];
    const height = scroller.clientHeight;
    const bounds = this.bounds();
    const near = slid(bounds, this.run(), { above: toTop / height, below: toEnd / height }, (heights) => {
      const { first, last } = within(scroller, content, heights * height);
      return { first: seqOf(first), last: seqOf(last) };
    });
    if (!isSame(near, bounds)) this.render(near);
  }

  private askForPages(toTop: number): void {
    if (!this.placed) return;
    const [run, bounds] = [this.run(), this.bounds()];
    const needsOlder = bounds.first === run.first && toTop < this.scroller().nativeElement.clientHeight;
    const nearsOlder = !this.place.isSticking && bounds.first - run.first < ASK_AHEAD;
    if (run.first > 1 && this.older() === 'idle' && (needsOlder || nearsOlder)) this.olderWanted.emit();
    if (this.isDetached() && this.newer() === 'idle' && run.last - bounds.last < ASK_AHEAD) this.newerWanted.emit();
  }

  private render(bounds: Run): void {
    this.hadFocus = this.content().nativeElement.contains(document.activeElement);
    this.window.set(windowOf(bounds, this.list().tail.last));
  }

  private settle(): void {
    const [scroller, content] = [this.scroller().nativeElement, this.content().nativeElement];
    if (this.hadFocus && document.activeElement === document.body) scroller.focus({ preventScroll: true });
    this.hadFocus = false;
    if (!this.placed && this.bubbles().length > 0) this.start();
    this.place.restore(scroller, content);
    this.goToWanted(scroller, content);
    this.look();
  }

  /** Goes to what was wanted, as soon as it stands in the document. */
  private goToWanted(scroller: HTMLElement, content: HTMLElement): void {
    if (!this.wanted) return;
    const element = content.querySelector<HTMLElement>(this.wanted.selector);
    if (!element) return;
    this.place.goTo(element, scroller, content);
    if (this.wanted.takesFocus) element.focus({ preventScroll: true });
    this.wanted = undefined;
  }

  /** Where one begins to read: at the first new message, or at the end. */
  private start(): void {
    this.placed = true;
    const seq = this.dividerBefore();
    if (seq !== undefined) this.head({ selector: '[data-divider]', takesFocus: false }, seq, this.run());
  }

  /** From here on one is on the way to a place in this stretch. */
  private head(target: Target, seq: number, run: Run): void {
    this.wanted = target;
    this.place.release();
    this.isAtEnd.set(false);
    if (!holds(this.bounds(), seq)) this.render(around(seq, run));
  }
}

function isSame(one: Run, other: Run): boolean {
  return one.first === other.first && one.last === other.last;
}

function seqOf(element: HTMLElement | undefined): number | undefined {
  const seq = element?.dataset['seq'];
  return seq === undefined ? undefined : Number(seq);
}
