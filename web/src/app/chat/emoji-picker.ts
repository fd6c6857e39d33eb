import {
  ChangeDetectionStrategy,
  Component,
  computed,
  ElementRef,
  inject,
  Injector,
  output,
  resource,
  signal,
  viewChild,
  afterNextRender,
} from '@angular/core';
import { isComposing } from '../ui/composing';
import { Spinner } from '../ui/spinner';
import { EMOJI_GROUPS, EmojiData, findEmoji } from './emoji-data';

/** Choose an emoji: by group or by word, all by keyboard. Everything comes from our own origin. */
@Component({
  selector: 'app-emoji-picker',
  imports: [Spinner],
  templateUrl: './emoji-picker.html',
  styleUrl: './emoji-picker.css',
  host: {
    role: 'dialog',
    'aria-label': 'Emoji',
    '(keydown.escape)': 'closed.emit(); $event.stopPropagation()',
    '(document:pointerdown)': 'pressedAnywhere($event)',
  },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class EmojiPicker {
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef);
  private readonly data = inject(EmojiData);
  private readonly injector = inject(Injector);
  private readonly grid = viewChild<ElementRef<HTMLElement>>('grid');
  private readonly search = viewChild.required<ElementRef<HTMLInputElement>>('search');

  readonly picked = output<string>();
  readonly closed = output();

  protected readonly groups = EMOJI_GROUPS;
  protected readonly group = signal<number>(EMOJI_GROUPS[0].group);
  protected readonly query = signal('');
  protected readonly all = resource({ loader: () => this.data.all() });
  protected readonly shown = computed(() => {
    const all = this.all.hasValue() ? this.all.value() : [];
    return this.query().trim() ? findEmoji(all, this.query()) : all.filter(({ group }) => group === this.group());
  });
  private readonly at = signal(0);
  protected readonly tabStop = computed(() => Math.min(this.at(), Math.max(0, this.shown().length - 1)));

  constructor() {
    afterNextRender(() => this.search().nativeElement.focus());
  }

  protected choose(group: number): void {
    this.group.set(group);
    this.query.set('');
    this.at.set(0);
  }

  protected find(query: string): void {
    this.query.set(query);
    this.at.set(0);
  }

  /** Enter in the search box takes the first that was found. */
  protected pickFirst(event: Event): void {
    if (isComposing(event)) return;
    event.preventDefault();
    const first = this.shown()[0];
    if (first && this.query().trim()) this.picked.emit(first.emoji);
  }

  protected walk(event: KeyboardEvent): void {
    const grid = this.grid()?.nativeElement;
    if (!grid) return;
    const columns = getComputedStyle(grid).gridTemplateColumns.split(' ').length;
    const at = this.tabStop();
    const forward = getComputedStyle(grid).direction === 'rtl' ? -1 : 1;
    const to = {
      ArrowRight: at + forward,
      ArrowLeft: at - forward,
      ArrowDown: at + columns,
      ArrowUp: at - columns,
      Home: 0,
      End: this.shown().length - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (to < 0) return this.search().nativeElement.focus();
    this.enter(Math.min(to, this.shown().length - 1));
  }

  protected enterGrid(event: Event): void {
    event.preventDefault();
    this.enter(0);
  }

  protected pressedAnywhere(event: Event): void {
    const { parentElement } = this.host.nativeElement;
    if (event.target instanceof Node && !parentElement?.contains(event.target)) this.closed.emit();
  }

  protected enter(index: number): void {
    this.at.set(index);
    // Who types fast is here before the grid shows what was typed last.
    afterNextRender(
      () => {
        const button = this.grid()?.nativeElement.children[index];
        if (button instanceof HTMLElement) button.focus();
      },
      { injector: this.injector },
    );
  }
}
