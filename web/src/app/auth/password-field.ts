import { ChangeDetectionStrategy, Component, input, model, signal } from '@angular/core';
import { LucideEye, LucideEyeOff } from '@lucide/angular';
import { Field, FieldControl } from '../ui/field';

/** A password with a button that shows it. Pasting and password managers work as anywhere. */
@Component({
  selector: 'app-password-field',
  imports: [Field, FieldControl, LucideEye, LucideEyeOff],
  template: `
    <app-field [label]="label()" [error]="error()">
      <input
        appFieldControl
        [type]="shown() ? 'text' : 'password'"
        [name]="name()"
        [autocomplete]="autocomplete()"
        autocapitalize="none"
        spellcheck="false"
        required
        [value]="value()"
        (input)="value.set($any($event.target).value)"
      />
      <button
        type="button"
        class="icon-button"
        [attr.aria-pressed]="shown()"
        [attr.aria-label]="'Show ' + label().toLowerCase()"
        (click)="shown.set(!shown())"
      >
        @if (shown()) {
          <svg lucideEyeOff aria-hidden="true"></svg>
        } @else {
          <svg lucideEye aria-hidden="true"></svg>
        }
      </button>
      <div appFieldBelow><ng-content /></div>
    </app-field>
  `,
  styles: `
    input {
      padding-inline-end: var(--space-7);
    }
    button {
      position: absolute;
      inset-inline-end: var(--space-1);
      inset-block: 0;
      margin-block: auto;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PasswordField {
  readonly label = input('Password');
  readonly name = input('password');
  readonly autocomplete = input<'current-password' | 'new-password'>('current-password');
  readonly error = input<string>();
  readonly value = model('');

  protected readonly shown = signal(false);
}
