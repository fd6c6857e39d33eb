import {
  afterRenderEffect,
  ChangeDetectionStrategy,
  Component,
  computed,
  ElementRef,
  inject,
  input,
  output,
  signal,
  viewChild,
} from '@angular/core';
import { LucideSendHorizontal, LucideSmile, LucideX } from '@lucide/angular';
import { MESSAGE_BODY } from '@parlance/contracts';
import { isComposing } from '../ui/composing';
import { EmojiPicker } from './emoji-picker';
import { isBlank } from './message-texts';

/** The count is shown when this many characters or fewer are left. */
const COUNT_FROM = 200;

/** A text as it is sent: the server brings it to the same form. */
const bodyOf = (text: string) => text.normalize('NFC').trim();
const charactersLeft = (body: string) => MESSAGE_BODY.maxCodePoints - [...body].length;
const isSendable = (body: string) => !isBlank(body) && charactersLeft(body) >= 0;

/** An answer to a message, or another text for one. */
export interface ComposerContext {
  readonly kind: 'reply' | 'edit';
  /** E.g. `Answering Ben`. */
  readonly heading: string;
  /** How the message begins. */
  readonly text: string;
}

/** Where one writes. Holds no text of its own: the draft comes in, and every change goes out. */
@Component({
  selector: 'app-composer',
  imports: [EmojiPicker, LucideSendHorizontal, LucideSmile, LucideX],
  templateUrl: './composer.html',
  styleUrl: './composer.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Composer {
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly field = viewChild.required<ElementRef<HTMLTextAreaElement>>('field');
  private readonly emojiButton = viewChild.required<ElementRef<HTMLButtonElement>>('emojiButton');

  readonly text = input.required<string>();
  /** E.g. `Message Amara`. */
  readonly label = input.required<string>();
  /** What went wrong with keeping the text, if anything did. */
  readonly error = input('');
  /** What happened meanwhile, for whoever writes. */
  readonly note = input('');

  /** What the text is about to do, when it is not a new message. */
  readonly context = input<ComposerContext>();

  /** Somebody does not want to write what they are writing, if it is an answer or a change. */
  readonly cancelled = output();
  /** Somebody wants to change what they said last, if they are not writing anything else. */
  readonly editLast = output();
  readonly textChange = output<string>();
  readonly send = output<string>();
  /** Somebody types, or has stopped. */
  readonly typing = output<boolean>();

  protected readonly isPicking = signal(false);
  protected readonly left = computed(() => charactersLeft(bodyOf(this.text())));
  protected readonly showsCount = computed(() => this.left() <= COUNT_FROM);
  protected readonly canSend = computed(() => isSendable(bodyOf(this.text())));
  /** What was given away last and still stands in the field: it must not go twice. */
  private given: string | undefined;

  constructor() {
    afterRenderEffect(() => {
      this.text();
      this.context();
      this.given = undefined;
      this.fit();
    });
  }

  focus(): void {
    this.field().nativeElement.focus();
  }

  /** What was given away was not taken: the same text may be given again. */
  giveBack(): void {
    this.given = undefined;
  }

  /**
   * Puts another text into the field, with the cursor behind it. At once and not with the next rendering: whatever is
   * typed until then would stand beside the new text, or go to where the one before belongs.
   */
  turnTo(text: string): void {
    const { nativeElement } = this.field();
    this.given = undefined;
    nativeElement.value = text;
    nativeElement.setSelectionRange(text.length, text.length);
  }

  protected typed(): void {
    const { value } = this.field().nativeElement;
    this.given = undefined;
    this.textChange.emit(value);
    this.typing.emit(!isBlank(value));
  }

  protected pressed(event: KeyboardEvent): void {
    // Whoever listens knows what is being written: what was drawn last may be older than the key.
    if (event.key === 'Escape' && !isComposing(event)) {
      event.preventDefault();
      this.cancelled.emit();
      return;
    }
    if (event.key === 'ArrowUp' && this.field().nativeElement.value === '') {
      event.preventDefault();
      this.editLast.emit();
      return;
    }
    if (event.key !== 'Enter' || event.shiftKey || isComposing(event)) return;
    event.preventDefault();
    // A key that is held down would go on to send what stands in the field next.
    if (!event.repeat) this.submit();
  }

  protected submit(): void {
    // What stands in the field, not what was last drawn: Enter may come before the last letters are.
    const { value } = this.field().nativeElement;
    const body = bodyOf(value);
    if (!isSendable(body) || value === this.given) return;
    this.given = value;
    this.isPicking.set(false);
    this.typing.emit(false);
    this.send.emit(body);
    this.focus();
  }

  protected stopped(): void {
    this.typing.emit(false);
  }

  protected insert(emoji: string): void {
    const { nativeElement } = this.field();
    nativeElement.setRangeText(emoji, nativeElement.selectionStart, nativeElement.selectionEnd, 'end');
    this.typed();
  }

  protected closePicker(): void {
    this.isPicking.set(false);
    this.emojiButton().nativeElement.focus();
  }

  /** As tall as its text. What stands above keeps its height while that is measured: it would leave its end. */
  private fit(): void {
    const field = this.field().nativeElement;
    this.host.style.blockSize = `${this.host.offsetHeight}px`;
    field.style.blockSize = 'auto';
    field.style.blockSize = `${field.scrollHeight}px`;
    this.host.style.blockSize = '';
  }
}
