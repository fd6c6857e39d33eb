import { ChangeDetectionStrategy, Component, computed, effect, ElementRef, inject, input, output } from '@angular/core';
import type { User } from '@parlance/contracts';
import { fieldMessage } from '../core/problem/problem';
import type { Bubble } from '../messages/sync/bubbles';
import { Avatar } from '../ui/avatar';
import { DeliveryMark, type DeliveryState } from './delivery-mark';
import { hasMenu, type MessageChoice, MessageMenu } from './message-menu';
import { MessageQuote, type Quote } from './message-quote';
import { isBlank, shownText, UNSEEN_TEXT } from './message-texts';
import { textParts } from './text-links';
import { clockTime } from './time-format';

/** One message: its bubble, and below the last one that somebody says in a row the time and how far it has come. */
@Component({
  selector: 'app-message-row',
  imports: [Avatar, DeliveryMark, MessageMenu, MessageQuote],
  templateUrl: './message-row.html',
  styleUrl: './message-row.css',
  host: { '[class.mine]': 'mine()', '[class.opens]': 'opens()' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class MessageRow {
  readonly bubble = input.required<Bubble>();
  readonly mine = input.required<boolean>();
  /** The first of what somebody says in a row. */
  readonly opens = input.required<boolean>();
  /** The last of it. */
  readonly closes = input.required<boolean>();
  /** Who said it; absent when they are not a member any more. */
  readonly sender = input<User>();
  /** How far one's own messages have come; only asked for what the server has. */
  readonly delivery = input.required<(seq: number) => DeliveryState>();
  /** What it answers; absent while that is loaded. */
  readonly quote = input<Quote>();
  /** Whether its button is in the tab order. */
  readonly isTabStop = input(false);

  readonly retry = output<Bubble>();
  readonly edit = output<Bubble>();
  readonly discard = output<Bubble>();
  readonly chosen = output<MessageChoice>();
  /** Its button has the focus. */
  readonly entered = output();
  readonly quoteChosen = output<number>();

  protected readonly unseenText = UNSEEN_TEXT;
  protected readonly isUnseen = computed(() => isBlank(this.bubble().body));
  protected readonly parts = computed(() => textParts(shownText(this.bubble().body)));
  protected readonly hasMenu = computed(() => hasMenu(this.bubble()));
  protected readonly name = computed(() => (this.mine() ? 'You' : (this.sender()?.displayName ?? 'Former member')));
  protected readonly time = computed(() => clockTime(this.bubble().createdAt));

  protected readonly state = computed<DeliveryState>(() => {
    const { state, seq } = this.bubble();
    if (state !== 'sent') return state;
    return seq === undefined ? 'sent' : this.delivery()(seq);
  });

  /** Why the server did not take it: what it says of the text, or else of the whole. */
  protected readonly reason = computed(() => {
    const { problem } = this.bubble();
    return problem && (fieldMessage(problem, 'body') ?? problem.detail ?? problem.title);
  });

  constructor() {
    const host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
    // The menu goes with the text, when another device deletes it; whoever is in it stays in the conversation.
    effect(() => {
      if (this.hasMenu() || !host.querySelector('app-message-menu')?.contains(document.activeElement)) return;
      host.querySelector<HTMLElement>('.bubble')?.focus();
    });
  }
}
