import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';
import type { Problem } from '@parlance/contracts';
import { ProblemNote } from './problem-note';

/** Something could not be loaded: says what happened and offers to try again. */
@Component({
  selector: 'app-error-state',
  imports: [ProblemNote],
  template: `
    <app-problem-note [problem]="problem()" />
    <button type="button" class="button" (click)="retry.emit()">Try again</button>
  `,
  styles: `
    :host {
      display: grid;
      justify-items: center;
      gap: var(--space-3);
      padding: var(--space-5) var(--space-4);
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ErrorState {
  readonly problem = input.required<Problem>();
  readonly retry = output();
}
