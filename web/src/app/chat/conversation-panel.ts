import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  input,
  type OnDestroy,
  type OnInit,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { RouterLink } from '@angular/router';
import type { Problem } from '@parlance/contracts';
import { Session } from '../core/identity/session';
import { toProblem } from '../core/problem/problem';
import { Attention } from '../messages/attention';
import { ConversationStore } from '../messages/conversation-store';
import { Drafts } from '../messages/drafts';
import { MessageStore } from '../messages/message-store';
import { Outbox } from '../messages/outbox';
import { QuotedMessages } from '../messages/quoted-messages';
import { Receipts } from '../messages/receipts';
import type { Bubble } from '../messages/sync/bubbles';
import { deliveryOf } from '../messages/sync/conversation-summary';
import type { Run } from '../messages/sync/message-runs';
import { Typing } from '../messages/typing';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { Spinner } from '../ui/spinner';
import { Presence } from '../users/presence';
import { ConversationHeader } from './conversation-header';
import { partnerOf, titleOf } from './conversation-title';
import { ConversationWriter } from './conversation-writer';
import { DeleteMessage } from './delete-message';
import type { DeliveryState } from './delivery-mark';
import type { MessageChoice } from './message-menu';
import { quotesOf } from './message-texts';
import { Timeline } from './timeline';

const PRESENCE_OWNER = 'conversation';

/** One conversation: who, what was said, and where one writes. */
@Component({
  selector: 'app-conversation-panel',
  imports: [
    ConversationHeader,
    ConversationWriter,
    DeleteMessage,
    EmptyState,
    ErrorState,
    RouterLink,
    Spinner,
    Timeline,
  ],
  templateUrl: './conversation-panel.html',
  styleUrl: './conversation-panel.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ConversationPanel implements OnInit, OnDestroy {
  private readonly attention = inject(Attention);
  private readonly conversations = inject(ConversationStore);
  private readonly drafts = inject(Drafts);
  private readonly messages = inject(MessageStore);
  private readonly outbox = inject(Outbox);
  private readonly presence = inject(Presence);
  private readonly quoted = inject(QuotedMessages);
  private readonly receipts = inject(Receipts);
  private readonly session = inject(Session);
  private readonly typing = inject(Typing);
  private readonly timeline = viewChild(Timeline);
  private readonly writer = viewChild(ConversationWriter);

  readonly conversationId = input.required<string>();

  protected readonly ownId = computed(() => this.session.user()?.id ?? '');
  protected readonly conversation = computed(() => this.conversations.conversation(this.conversationId()));
  protected readonly snapshot = computed(() => this.messages.snapshot(this.conversationId()));
  protected readonly list = computed(() => this.messages.list(this.conversationId()));
  protected readonly title = computed(() => {
    const conversation = this.conversation();
    return conversation ? titleOf(conversation, this.ownId()) : '';
  });
  protected readonly partner = computed(() => {
    const conversation = this.conversation();
    return conversation && partnerOf(conversation, this.ownId());
  });
  protected readonly memberCount = computed(() => {
    const conversation = this.conversation();
    return conversation?.kind === 'group' ? conversation.members.length : undefined;
  });
  protected readonly members = computed(
    () => new Map((this.conversation()?.members ?? []).map(({ user }) => [user.id, user])),
  );
  protected readonly delivery = computed<(seq: number) => DeliveryState>(() => {
    const conversation = this.conversation();
    return (seq) => (conversation ? deliveryOf(conversation, seq, this.ownId()) : 'sent');
  });
  protected readonly typingText = computed(() => {
    const names = this.typing.in(this.conversationId()).map((id) => this.members().get(id)?.displayName ?? 'Somebody');
    if (names.length === 0) return '';
    return names.length === 1 ? `${names[0]} is typing…` : `${new Intl.ListFormat('en').format(names)} are typing…`;
  });
  /** One's own message that is to be deleted, if one says so once more: as it was chosen, and as it is by now. */
  private readonly toDelete = signal<Bubble | undefined>(undefined);
  protected readonly deleting = computed(() => {
    const chosen = this.toDelete();
    return chosen && (this.list().withId(chosen.id ?? '') ?? chosen);
  });
  /** What stands in the document. */
  protected readonly rendered = signal<Run>({ first: 1, last: 0 });
  private readonly wantedQuotes = computed(() => {
    const { first, last } = this.rendered();
    const bubbles = this.list().between(first, last);
    const answers = [...bubbles.map(({ replyTo }) => replyTo), this.drafts.answerTo(this.conversationId())];
    return [...new Set(answers.filter((id) => id !== undefined))];
  });
  protected readonly quotes = computed(() => quotesOf(this.wantedQuotes(), this.list(), this.quoted, this.members()));
  protected readonly beginning = computed(() => `This is the beginning of your chat with ${this.title()}.`);

  /** Why the conversation cannot be shown. */
  protected readonly problem = signal<Problem | null>(null);
  protected readonly isGone = computed(() => (this.problem() ?? this.snapshot().problem)?.status === 404);
  protected readonly newAfter = signal<number | undefined>(undefined);
  private readonly isAtEnd = signal(false);
  private readonly shown = signal(0);
  /** `seq` of the message that one wants to go to, while what stands around it is loaded. */
  protected readonly wanted = signal<number | undefined>(undefined);

  constructor() {
    effect(() => {
      if (this.shown() > 0) this.receipts.seen(this.conversationId(), this.shown());
    });
    // What comes while nobody looks is new until one has answered it.
    effect(() => {
      const conversation = this.conversation();
      const looks = this.attention.attentive() && this.isAtEnd();
      if (conversation && conversation.unread > 0 && !looks) untracked(() => this.newAfter.set(conversation.readSeq));
    });
    effect(() => {
      const partner = this.partner();
      this.presence.watch(PRESENCE_OWNER, partner ? [partner.id] : []);
    });
    effect(() => {
      const quotes = this.quotes();
      for (const id of this.wantedQuotes()) if (!quotes.has(id)) this.quoted.want(this.conversationId(), id);
    });
    // On a touch screen the keyboard would cover what one came to read.
    afterNextRender(() => {
      if (matchMedia('(pointer: fine)').matches) this.writer()?.focus();
    });
  }

  ngOnInit(): void {
    this.messages.open(this.conversationId());
    void this.find();
  }

  ngOnDestroy(): void {
    this.messages.look(this.conversationId());
    this.presence.watch(PRESENCE_OWNER, []);
    this.typing.tell(this.conversationId(), false);
    this.drafts.flush();
  }

  protected tryAgain(): void {
    void this.messages.catchUp(this.conversationId());
    void this.find();
  }

  protected loadOlder(): void {
    void this.messages.loadOlder(this.conversationId());
  }

  protected loadNewer(): void {
    void this.messages.loadNewer(this.conversationId());
  }

  protected look(at: Run | undefined): void {
    this.messages.look(this.conversationId(), at);
  }

  protected saw(seq: number): void {
    this.shown.set(seq);
  }

  protected reachedEnd(isAtEnd: boolean): void {
    this.isAtEnd.set(isAtEnd);
    // Whoever has gone to the end meanwhile does not want to be led away.
    if (isAtEnd) this.wanted.set(undefined);
  }

  protected act({ action, bubble }: MessageChoice): void {
    if (action === 'copy') void this.copy(bubble.body);
    else if (action === 'delete') this.toDelete.set(bubble);
    else if (action === 'edit') this.writer()?.change(bubble);
    else this.writer()?.answer(bubble);
  }

  private async copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.writer()?.tell('Copied.');
    } catch {
      // Not allowed, or, over plain HTTP, not there at all.
      this.writer()?.tell('This browser does not let the text be copied here.');
    }
  }

  protected deleted(): void {
    const deleting = this.deleting();
    if (deleting) this.writer()?.forget(deleting);
    this.toDelete.set(undefined);
    this.writer()?.focus();
  }

  protected goneMeanwhile(): void {
    this.deleted();
    this.writer()?.tell('This message was deleted meanwhile.');
  }

  /** Goes to a message, and loads what stands around it first. Of two that are wanted the later one counts. */
  protected async goTo(seq: number): Promise<void> {
    this.writer()?.clearError();
    this.wanted.set(seq);
    const isThere = await this.messages.reach(this.conversationId(), seq);
    if (this.wanted() !== seq) return;
    this.wanted.set(undefined);
    if (isThere) this.timeline()?.show(seq);
    else this.writer()?.refuse('That message could not be loaded. Try again in a moment.');
  }

  protected sent(): void {
    this.newAfter.set(undefined);
    this.wanted.set(undefined);
    this.timeline()?.follow();
  }

  protected retry({ clientId }: Bubble): void {
    if (clientId) void this.outbox.retry(clientId);
  }

  protected discard({ clientId }: Bubble): void {
    if (clientId) void this.outbox.discard(clientId);
    this.writer()?.focus();
  }

  /** Back into the composer, in front of what stands there; the outbox has it until it is stored there. */
  protected edit(bubble: Bubble): void {
    const writer = this.writer();
    if (!writer) return;
    writer.takeBack(bubble.body, bubble.replyTo);
    this.discard(bubble);
  }

  private async find(): Promise<void> {
    this.problem.set(null);
    try {
      await this.conversations.ensure(this.conversationId());
    } catch (error) {
      this.problem.set(toProblem(error));
    }
  }
}
