import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import type { Problem } from '@parlance/contracts';

/** What went wrong, in the server's words; read out at once. Renders nothing without a problem. */
@Component({
  selector: 'app-problem-note',
  template: `
    @if (problem(); as wrong) {
      <div class="note danger" role="alert">
        <strong>{{ wrong.title }}</strong>
        @if (wrong.detail) {
          <span>{{ wrong.detail }}</span>
        }
        @if (wrong.retryAfter) {
          <span>Try again in {{ wrong.retryAfter }} {{ wrong.retryAfter === 1 ? 'second' : 'seconds' }}.</span>
        }
        @if (wrong.traceId) {
          <span>Number for the administrator: {{ wrong.traceId }}</span>
        }
      </div>
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ProblemNote {
  readonly problem = input<Problem | null>();
}
