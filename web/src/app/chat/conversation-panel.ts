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
import { Composer, type ComposerContext } from './composer';
import { ConversationHeader } from './conversation-header';
import { partnerOf, titleOf } from './conversation-title';
import { DeleteMessage } from './delete-message';
import type { DeliveryState } from './delivery-mark';
import { hasMenu, type MessageChoice } from './message-menu';
import { changeError, firstLine, quotesOf } from './message-texts';
import { Timeline } from './timeline';

const PRESENCE_OWNER = 'conversation';

/** One conversation: who, what was said, and where one writes. */
@Component({
  selector: 'app-conversation-panel',
  imports: [Composer, ConversationHeader, DeleteMessage, EmptyState, ErrorState, RouterLink, Spinner, Timeline],
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
  private readonly composer = viewChild(Composer);

  readonly conversationId = input.required<string>();

  protected readonly ownId = computed(() => this.session.user()?.id ?? '');
  protected readonly conversation = computed(() => this.conversations.conversation(this.conversationId()));
  protected readonly snapshot = computed(() => this.messages.snapshot(this.conversationId()));
  protected readonly list = computed(() => this.messages.list(this.conversationId()));
  protected readonly draft = computed(() => this.drafts.text(this.conversationId()));
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
  /** One's own message that is being changed, and what it is to become. */
  private readonly editing = signal<Bubble | undefined>(undefined);
  private readonly editText = signal('');
  /** One's own message that is to be deleted, if one says so once more. */
  protected readonly deleting = signal<Bubble | undefined>(undefined);
  protected readonly text = computed(() => (this.editing() ? this.editText() : this.draft()));
  /** What stands in the document. */
  protected readonly rendered = signal<Run>({ first: 1, last: 0 });
  private readonly wantedQuotes = computed(() => {
    const { first, last } = this.rendered();
    const bubbles = this.list().between(first, last);
    const answers = [...bubbles.map(({ replyTo }) => replyTo), this.drafts.answerTo(this.conversationId())];
    return [...new Set(answers.filter((id) => id !== undefined))];
  });
  protected readonly quotes = computed(() => quotesOf(this.wantedQuotes(), this.list(), this.quoted, this.members()));
  protected readonly context = computed<ComposerContext | undefined>(() => {
    const editing = this.editing();
    if (editing) return { kind: 'edit', heading: 'Change your message', text: firstLine(editing.body) };
    const id = this.drafts.answerTo(this.conversationId());
    if (id === undefined) return undefined;
    const quote = this.quotes().get(id);
    return { kind: 'reply', heading: `Answering ${quote?.name ?? '…'}`, text: quote?.text ?? '' };
  });
  protected readonly beginning = computed(() => `This is the beginning of your chat with ${this.title()}.`);

  /** Why the conversation cannot be shown. */
  protected readonly problem = signal<Problem | null>(null);
  protected readonly isGone = computed(() => (this.problem() ?? this.snapshot().problem)?.status === 404);
  protected readonly keepError = signal('');
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
      if (matchMedia('(pointer: fine)').matches) this.composer()?.focus();
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

  protected write(text: string): void {
    if (this.editing()) this.editText.set(text);
    else this.drafts.set(this.conversationId(), text);
  }

  protected tellTyping(active: boolean): void {
    this.typing.tell(this.conversationId(), active && !this.editing());
  }

  protected act({ action, bubble }: MessageChoice): void {
    if (action === 'copy') void navigator.clipboard.writeText(bubble.body).catch(() => undefined);
    else if (action === 'delete') this.deleting.set(bubble);
    else if (action === 'edit') this.change(bubble);
    else {
      this.endChange();
      this.drafts.setAnswerTo(this.conversationId(), bubble.id);
      this.composer()?.focus();
    }
  }

  /** Ends the change, or the answer, that is being written; the draft stays. */
  protected cancel(): void {
    this.keepError.set('');
    if (this.editing()) this.endChange();
    else this.drafts.setAnswerTo(this.conversationId(), undefined);
  }

  protected editLast(): void {
    const last = this.list().findLast((bubble) => bubble.senderId === this.ownId() && hasMenu(bubble));
    if (last) this.change(last);
  }

  protected deleted(): void {
    if (this.deleting()?.id === this.editing()?.id) this.endChange();
    this.deleting.set(undefined);
    this.composer()?.focus();
  }

  /** Goes to a message, and loads what stands around it first. Of two that are wanted the later one counts. */
  protected async goTo(seq: number): Promise<void> {
    this.keepError.set('');
    this.wanted.set(seq);
    const isThere = await this.messages.reach(this.conversationId(), seq);
    if (this.wanted() !== seq) return;
    this.wanted.set(undefined);
    if (isThere) this.timeline()?.show(seq);
    else this.refuse('That message could not be loaded. Try again in a moment.');
  }

  /** The draft goes only when the outbox has the text, and what was typed meanwhile stays. */
  protected async send(body: string): Promise<void> {
    const editing = this.editing();
    if (editing) return this.save(editing, body);
    const id = this.conversationId();
    const draft = this.draft();
    this.keepError.set('');
    try {
      await this.outbox.send(id, body, this.drafts.answerTo(id));
      this.drafts.setAnswerTo(id, undefined);
    } catch {
      this.refuse('This device could not store the message, so it was not sent. Your text is still here.');
      return;
    }
    const now = this.drafts.text(id);
    this.drafts.set(id, now.startsWith(draft) ? now.slice(draft.length) : now);
    this.newAfter.set(undefined);
    this.wanted.set(undefined);
    this.timeline()?.follow();
  }

  protected retry({ clientId }: Bubble): void {
    if (clientId) void this.outbox.retry(clientId);
  }

  protected discard({ clientId }: Bubble): void {
    if (clientId) void this.outbox.discard(clientId);
    this.composer()?.focus();
  }

  /** Back into the composer, in front of what stands there. */
  protected edit(bubble: Bubble): void {
    this.drafts.set(this.conversationId(), [bubble.body, this.draft()].filter(Boolean).join('\n'));
    this.discard(bubble);
  }

  private change(bubble: Bubble): void {
    this.keepError.set('');
    this.editText.set(bubble.body);
    this.editing.set(bubble);
    this.composer()?.turnTo(bubble.body);
    this.composer()?.focus();
  }

  private endChange(): void {
    if (!this.editing()) return;
    this.editing.set(undefined);
    this.composer()?.turnTo(this.draft());
  }

  /** What was typed stays until the server has taken it. */
  private async save({ id, body: before }: Bubble, body: string): Promise<void> {
    this.keepError.set('');
    if (id === undefined || body === before) return this.endChange();
    try {
      await this.messages.edit(id, body);
      if (this.editing()?.id === id) this.endChange();
    } catch (error) {
      this.refuse(changeError(toProblem(error)));
    }
  }

  private refuse(reason: string): void {
    this.keepError.set(reason);
    this.composer()?.giveBack();
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
