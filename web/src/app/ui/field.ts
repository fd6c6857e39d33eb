import {
  ChangeDetectionStrategy,
  Component,
  computed,
  contentChild,
  Directive,
  effect,
  input,
  signal,
} from '@angular/core';

let count = 0;

/** Marks the control inside an `app-field`, which ties its label, hint and error to it. */
@Directive({
  selector: '[appFieldControl]',
  host: {
    class: 'input',
    '[id]': 'id',
    '[attr.aria-describedby]': 'describedBy()',
    '[attr.aria-invalid]': 'invalid() || null',
  },
})
export class FieldControl {
  readonly id = `field-${++count}`;
  /** Written by the field around it. */
  readonly describedBy = signal<string | null>(null);
  readonly invalid = signal(false);
}

/** A labelled control with its hint and, when something is wrong with it, the reason, read out as it appears. */
@Component({
  selector: 'app-field',
  template: `
    <label [for]="control()?.id">{{ label() }}</label>
    <div class="control"><ng-content /></div>
    @if (hint(); as words) {
      <p class="hint" [id]="hintId()">{{ words }}</p>
    }
    <p class="error" [id]="errorId()" aria-live="polite">{{ error() }}</p>
    <ng-content select="[appFieldBelow]" />
  `,
  styles: `
    :host {
      display: grid;
      gap: var(--space-1);
    }
    label {
      font-size: var(--text-sm);
      font-weight: 600;
    }
    .control {
      position: relative;
      display: grid;
      /* A field's own width, which grows with its letters, is no reason to stick out. */
      grid-template-columns: minmax(0, 1fr);
    }
    .hint,
    .error {
      font-size: var(--text-sm);
      color: var(--text-2);
    }
    .error {
      color: var(--danger);
    }
    .error:empty {
      display: none;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Field {
  readonly label = input.required<string>();
  readonly hint = input<string>();
  /** What is wrong; empty or absent when nothing is. */
  readonly error = input<string>();

  protected readonly control = contentChild(FieldControl);
  protected readonly hintId = computed(() => `${this.control()?.id ?? ''}-hint`);
  protected readonly errorId = computed(() => `${this.control()?.id ?? ''}-error`);

  constructor() {
    effect(() => {
      const control = this.control();
      const ids = [this.hint() && this.hintId(), this.error() && this.errorId()].filter(Boolean).join(' ');
      control?.describedBy.set(ids || null);
      control?.invalid.set(Boolean(this.error()));
    });
  }
}
