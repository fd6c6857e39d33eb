import { ChangeDetectionStrategy, Component, input } from '@angular/core';

/** Nothing here yet: says so, and what to do about it. Actions go inside. */
@Component({
  selector: 'app-empty-state',
  template: `
    <ng-content select="svg" />
    <h2>{{ heading() }}</h2>
    @if (text(); as words) {
      <p>{{ words }}</p>
    }
    <ng-content />
  `,
  styles: `
    :host {
      display: grid;
      justify-items: center;
      gap: var(--space-2);
      padding: var(--space-6) var(--space-4);
      text-align: center;
      color: var(--text-2);
    }
    h2 {
      color: var(--text);
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class EmptyState {
  readonly heading = input.required<string>();
  readonly text = input<string>();
}
