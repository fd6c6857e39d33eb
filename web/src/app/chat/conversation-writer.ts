import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  input,
  output,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { filter } from 'rxjs';
import { toProblem } from '../core/problem/problem';
import { Drafts } from '../messages/drafts';
import { MessageStore } from '../messages/message-store';
import { Outbox } from '../messages/outbox';
import type { Bubble, BubbleList } from '../messages/sync/bubbles';
import { Typing } from '../messages/typing';
import { Composer, type ComposerContext } from './composer';
import { hasMenu } from './message-menu';
import { type Quote, quoteText } from './message-quote';
import { changeError, firstLine } from './message-texts';

/** Where one writes in a conversation: a new message, an answer, or another text for one's own. */
@Component({
  selector: 'app-conversation-writer',
  imports: [Composer],
  template: `
    <app-composer
      [text]="text()"
      [context]="context()"
      [label]="title() ? 'Message ' + title() : 'Message'"
      [error]="error()"
      [note]="note()"
      (textChange)="write($event)"
      (send)="send($event)"
      (typing)="tellTyping($event)"
      (cancelled)="cancel()"
      (editLast)="editLast()"
    />
  `,
  styles: ':host { display: block; }',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ConversationWriter {
  private readonly drafts = inject(Drafts);
  private readonly messages = inject(MessageStore);
  private readonly outbox = inject(Outbox);
  private readonly typing = inject(Typing);
  private readonly composer = viewChild.required(Composer);

  readonly conversationId = input.required<string>();
  readonly ownId = input.required<string>();
  /** Whom or what one writes to; empty while it is not known. */
  readonly title = input('');
  readonly list = input.required<BubbleList>();
  /** What messages answer, by id of what they answer: also what is about to be answered. */
  readonly quotes = input.required<ReadonlyMap<string, Quote>>();

  /** The outbox has a new message. */
  readonly sent = output();

  /** One's own message that is being changed, as it is known here, and what it is to become. */
  private readonly editing = signal<Bubble | undefined>(undefined);
  private readonly editText = signal('');
  private readonly draft = computed(() => this.drafts.text(this.conversationId()));
  protected readonly text = computed(() => (this.editing() ? this.editText() : this.draft()));
  protected readonly error = signal('');
  protected readonly note = signal('');
  protected readonly context = computed<ComposerContext | undefined>(() => {
    const editing = this.editing();
    if (editing) return { kind: 'edit', heading: 'Change your message', text: firstLine(editing.body) };
    const id = this.drafts.answerTo(this.conversationId());
    if (id === undefined) return undefined;
    const quote = this.quotes().get(id);
    return { kind: 'reply', heading: `Answering ${quote?.name ?? '…'}`, text: quote ? quoteText(quote) : '' };
  });

  constructor() {
    // Another device may change what is being changed here, or delete it.
    effect(() => {
      const present = this.list().withId(this.editing()?.id ?? '');
      if (present) untracked(() => this.follow(present));
    });
    // Another tab may write on what stands here.
    this.drafts.replaced$
      .pipe(
        filter((id) => id === this.conversationId() && !this.editing()),
        takeUntilDestroyed(),
      )
      .subscribe(() => this.composer().turnTo(this.draft()));
  }

  focus(): void {
    this.composer().focus();
  }

  /** The next text answers this message. */
  answer({ id }: Bubble): void {
    this.endChange();
    this.drafts.setAnswerTo(this.conversationId(), id);
    this.focus();
  }

  /** The text of one's own message is to become another one. */
  change(bubble: Bubble): void {
    this.error.set('');
    this.note.set('');
    this.editText.set(bubble.body);
    this.editing.set(bubble);
    this.composer().turnTo(bubble.body);
    this.focus();
  }

  /** Says something that one need not act on, until one writes on. */
  tell(note: string): void {
    this.note.set(note);
  }

  /** This message is not there to be changed any more. */
  forget(bubble: Bubble): void {
    if (bubble.id === this.editing()?.id) this.endChange();
  }

  /** Puts a text in front of what stands there, with what it answers unless that answers something; it is stored then. */
  takeBack(text: string, replyTo?: string): void {
    const id = this.conversationId();
    this.drafts.set(id, [text, this.draft()].filter(Boolean).join('\n'));
    if (this.drafts.answerTo(id) === undefined) this.drafts.setAnswerTo(id, replyTo);
    this.drafts.flush();
  }

  /** Says what went wrong; what was given to be sent stands there again. */
  refuse(reason: string): void {
    this.error.set(reason);
    this.composer().giveBack();
  }

  clearError(): void {
    this.error.set('');
  }

  protected write(text: string): void {
    this.note.set('');
    if (this.editing()) this.editText.set(text);
    else this.drafts.set(this.conversationId(), text);
  }

  protected tellTyping(active: boolean): void {
    this.typing.tell(this.conversationId(), active && !this.editing());
  }

  /** Ends the change, or the answer, that is being written; the draft stays. */
  protected cancel(): void {
    this.error.set('');
    if (this.editing()) this.endChange();
    else this.drafts.setAnswerTo(this.conversationId(), undefined);
  }

  protected editLast(): void {
    if (this.context()) return;
    const last = this.list().findLast((bubble) => bubble.senderId === this.ownId() && hasMenu(bubble));
    if (last) this.change(last);
  }

  /** The field is free at once; should the outbox not take the text, it stands there again, before what was typed since. */
  protected async send(body: string): Promise<void> {
    const editing = this.editing();
    if (editing) return this.save(editing, body);
    const id = this.conversationId();
    const [draft, answered] = [this.draft(), this.drafts.answerTo(id)];
    this.error.set('');
    const taken = this.outbox.send(id, body, answered);
    this.drafts.set(id, '');
    this.drafts.setAnswerTo(id, undefined);
    this.drafts.flush();
    // Not always nothing: what another tab has stored meanwhile stands here then.
    this.composer().turnTo(this.draft());
    this.sent.emit();
    try {
      await taken;
    } catch {
      this.drafts.set(id, [draft, this.drafts.text(id)].filter(Boolean).join('\n'));
      if (answered !== undefined) this.drafts.setAnswerTo(id, answered);
      if (!this.editing()) this.composer().turnTo(this.draft());
      this.refuse('This device could not store the message, so it was not sent. Your text is still here.');
    }
  }

  /** What was typed stays until the server has taken it. */
  private async save({ id, body: before }: Bubble, body: string): Promise<void> {
    this.error.set('');
    if (id === undefined || body === before) return this.endChange();
    try {
      await this.messages.edit(id, body);
      if (this.editing()?.id === id) this.endChange();
    } catch (error) {
      this.refuse(changeError(toProblem(error)));
    }
  }

  /** What one has typed oneself stays, whatever became of the message; what one has not touched is as the message is. */
  private follow(present: Bubble): void {
    const before = this.editing();
    if (!before || present === before) return;
    const typed = this.editText();
    const isTouched = typed !== before.body && typed !== present.body;
    if (present.deletedAt) {
      if (isTouched) this.takeBack(typed);
      this.endChange();
      this.tell(`This message was deleted meanwhile.${isTouched ? ' What you typed is still here.' : ''}`);
      return;
    }
    this.editing.set(present);
    if (isTouched) return;
    this.editText.set(present.body);
    if (present.body !== typed) this.composer().turnTo(present.body);
  }

  private endChange(): void {
    if (!this.editing()) return;
    this.editing.set(undefined);
    this.composer().turnTo(this.draft());
  }
}
