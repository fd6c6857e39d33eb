import { ChangeDetectionStrategy, Component, computed, effect, inject, input, output, signal } from '@angular/core';
import { toProblem } from '../core/problem/problem';
import { MessageStore } from '../messages/message-store';
import type { Bubble } from '../messages/sync/bubbles';
import { Dialog } from '../ui/dialog';
import { changeError, firstLine } from './message-texts';

/** Asks once more before a message is taken away for everybody. */
@Component({
  selector: 'app-delete-message',
  imports: [Dialog],
  template: `
    <app-dialog heading="Delete this message?" [open]="bubble() !== undefined" (closed)="closed.emit()">
      @if (text()) {
        <p class="text" dir="auto">“{{ text() }}”</p>
      }
      <p>Its text goes for everyone in this chat, and does not come back.</p>
      @if (error()) {
        <p class="error" role="alert">{{ error() }}</p>
      }
      <div class="actions">
        <button type="button" class="button" (click)="closed.emit()">Keep it</button>
        <button type="button" class="button danger" [disabled]="isBusy()" (click)="remove()">
          {{ isBusy() ? 'Deleting…' : 'Delete' }}
        </button>
      </div>
    </app-dialog>
  `,
  styles: `
    .text {
      overflow-wrap: anywhere;
      color: var(--text-2);
    }
    .error {
      color: var(--danger);
      font-size: var(--text-sm);
    }
    .actions {
      display: flex;
      flex-wrap: wrap;
      justify-content: flex-end;
      gap: var(--space-2);
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class DeleteMessage {
  private readonly messages = inject(MessageStore);

  /** The message in question as it is by now; absent while there is none. */
  readonly bubble = input<Bubble>();
  /** It is deleted, or kept. */
  readonly closed = output();
  /** There is nothing to ask any more: another device has deleted it. */
  readonly gone = output();

  private readonly id = computed(() => this.bubble()?.id);
  protected readonly text = computed(() => {
    const bubble = this.bubble();
    return bubble && !bubble.deletedAt ? firstLine(bubble.body) : '';
  });
  protected readonly error = signal('');
  protected readonly isBusy = signal(false);

  constructor() {
    effect(() => {
      this.id();
      this.error.set('');
    });
    // While one deletes it oneself, that it goes is no news.
    effect(() => {
      if (this.bubble()?.deletedAt && !this.isBusy()) this.gone.emit();
    });
  }

  protected async remove(): Promise<void> {
    const id = this.id();
    if (id === undefined) return;
    this.isBusy.set(true);
    this.error.set('');
    try {
      await this.messages.delete(id);
      this.closed.emit();
    } catch (error) {
      this.error.set(changeError(toProblem(error)));
    } finally {
      this.isBusy.set(false);
    }
  }
}
