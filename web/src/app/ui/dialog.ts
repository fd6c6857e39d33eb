import { ChangeDetectionStrategy, Component, effect, type ElementRef, input, output, viewChild } from '@angular/core';

/** A modal dialog: the browser's own, with its focus trap, its Escape and its return of focus. */
@Component({
  selector: 'app-dialog',
  template: `
    <dialog #dialog [attr.aria-labelledby]="id" (close)="closed.emit()">
      <h2 [id]="id">{{ heading() }}</h2>
      @if (open()) {
        <ng-content />
      }
    </dialog>
  `,
  styles: `
    dialog {
      inline-size: min(var(--card), calc(100vi - var(--space-6)));
      max-block-size: calc(100dvb - var(--space-6));
      margin: auto;
      padding: var(--space-5);
      border: var(--border) solid var(--line);
      border-radius: var(--radius-lg);
      background: var(--surface);
      color: var(--text);
      box-shadow: var(--shadow-2);
    }
    dialog[open] {
      display: grid;
      gap: var(--space-4);
    }
    dialog::backdrop {
      background: var(--backdrop);
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Dialog {
  private static count = 0;

  readonly open = input.required<boolean>();
  readonly heading = input.required<string>();
  /** Closed by whoever sees it: Escape, or the form inside. */
  readonly closed = output();

  protected readonly id = `dialog-${++Dialog.count}`;
  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');

  constructor() {
    effect(() => {
      const { nativeElement } = this.dialog();
      if (this.open() && !nativeElement.open) nativeElement.showModal();
      else if (!this.open() && nativeElement.open) nativeElement.close();
    });
  }
}
