import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';

/** What is shown of a message that another one answers. */
export interface Quote {
  /** Who said it. */
  readonly name: string;
  /** Its text, without breaks; empty when there is none to show. */
  readonly text: string;
  /** `gone` when it cannot be had. */
  readonly state: 'there' | 'deleted' | 'gone';
  /** Its place, to go there. */
  readonly seq?: number;
}

/** What stands in place of a text that is gone, or the text. */
export function quoteText({ state, text }: Quote): string {
  if (state === 'deleted') return 'This message was deleted.';
  return state === 'gone' ? 'This message cannot be shown.' : text;
}

export const NO_QUOTES: ReadonlyMap<string, Quote> = new Map();

/** What a message answers: who said it, how it begins, and the way there. */
@Component({
  selector: 'app-message-quote',
  template: `
    @if (quote(); as shown) {
      <button type="button" [disabled]="shown.seq === undefined" (click)="choose()">
        <span class="visually-hidden">Answers</span>
        <b dir="auto">{{ shown.name }}</b>
        <span class="text" dir="auto">{{ text() }}</span>
      </button>
    } @else {
      <p class="text">Loading what this answers…</p>
    }
  `,
  styles: `
    :host {
      display: block;
      margin-block-end: var(--space-1);
      padding-inline-start: var(--space-2);
      border-inline-start: calc(2 * var(--border-strong)) solid var(--accent);
      color: var(--text-2);
      font-size: var(--text-sm);
    }
    button {
      display: block;
      min-block-size: var(--target);
      max-inline-size: 100%;
      padding: 0;
      border: 0;
      background: none;
      color: inherit;
      font: inherit;
      text-align: start;
      cursor: pointer;
    }
    button:disabled {
      cursor: default;
    }
    b,
    .text {
      display: block;
      overflow: hidden;
      text-align: -webkit-match-parent;
      text-align: match-parent;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class MessageQuote {
  /** Absent while it is loaded. */
  readonly quote = input<Quote>();
  /** `seq` of what is quoted. */
  readonly chosen = output<number>();

  protected readonly text = computed(() => {
    const quote = this.quote();
    return quote ? quoteText(quote) : '';
  });

  protected choose(): void {
    const seq = this.quote()?.seq;
    if (seq !== undefined) this.chosen.emit(seq);
  }
}
