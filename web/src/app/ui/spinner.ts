import { ChangeDetectionStrategy, Component, input } from '@angular/core';

/** Something is on its way; says what, to those who do not see it turn. */
@Component({
  selector: 'app-spinner',
  template: '<span class="turn" aria-hidden="true"></span><span class="visually-hidden">{{ label() }}</span>',
  host: { role: 'status' },
  styles: `
    :host {
      display: grid;
      place-items: center;
      padding: var(--space-5);
    }
    .turn {
      inline-size: var(--space-5);
      block-size: var(--space-5);
      border: 3px solid var(--line);
      border-block-start-color: var(--accent);
      border-radius: 50%;
      animation: turn 0.8s linear infinite;
    }
    @keyframes turn {
      to {
        transform: rotate(1turn);
      }
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Spinner {
  readonly label = input('Loading…');
}
