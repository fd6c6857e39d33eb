import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import type { User } from '@parlance/contracts';
import { fieldMessage } from '../core/problem/problem';
import type { Bubble } from '../messages/sync/bubbles';
import { Avatar } from '../ui/avatar';
import { DeliveryMark, type DeliveryState } from './delivery-mark';
import { hasMenu, type MessageChoice, MessageMenu } from './message-menu';
import { MessageQuote, NO_QUOTES, type Quote } from './message-quote';
import { clockTime } from './time-format';

/** What somebody said in a row: bubbles, the time, and how far one's own have come. */
@Component({
  selector: 'app-message-group',
  imports: [Avatar, DeliveryMark, MessageMenu, MessageQuote],
  templateUrl: './message-group.html',
  styleUrl: './message-group.css',
  host: { '[class.mine]': 'mine()' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class MessageGroup {
  readonly bubbles = input.required<readonly Bubble[]>();
  readonly mine = input.required<boolean>();
  /** Who said it; absent when they are not a member any more. */
  readonly sender = input<User>();
  /** How far one's own messages have come; only asked for what the server has. */
  readonly delivery = input.required<(seq: number) => DeliveryState>();

  /** What these messages answer, by id. */
  readonly quotes = input<ReadonlyMap<string, Quote>>(NO_QUOTES);
  /** Key of the bubble whose button is in the tab order. */
  readonly menuAt = input<string>();

  readonly retry = output<Bubble>();
  readonly edit = output<Bubble>();
  readonly discard = output<Bubble>();
  readonly chosen = output<MessageChoice>();
  /** Key of a bubble whose button has the focus. */
  readonly entered = output<string>();
  readonly quoteChosen = output<number>();

  protected readonly hasMenu = hasMenu;
  protected readonly name = computed(() => (this.mine() ? 'You' : (this.sender()?.displayName ?? 'Former member')));
  protected readonly last = computed(() => this.bubbles().at(-1));
  protected readonly time = computed(() => clockTime(this.last()?.createdAt ?? ''));

  protected readonly state = computed<DeliveryState>(() => {
    const last = this.last();
    if (!last || last.state !== 'sent') return last?.state === 'failed' ? 'failed' : 'sending';
    return last.seq === undefined ? 'sent' : this.delivery()(last.seq);
  });

  /** Why the server did not take it: what it says of the text, or else of the whole. */
  protected readonly reason = computed(() => {
    const problem = this.last()?.problem;
    return problem && (fieldMessage(problem, 'body') ?? problem.detail ?? problem.title);
  });
}
