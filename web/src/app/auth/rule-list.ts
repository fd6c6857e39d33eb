import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { LucideCheck, LucideCircle } from '@lucide/angular';
import type { RuleState } from './account-rules';

/** Rules of a field, each met or not: by a mark, and by a word for those who do not see it. */
@Component({
  selector: 'app-rule-list',
  imports: [LucideCheck, LucideCircle],
  template: `
    <ul>
      @for (rule of rules(); track rule.text) {
        <li [class.met]="rule.met">
          @if (rule.met) {
            <svg lucideCheck aria-hidden="true"></svg>
          } @else {
            <svg lucideCircle aria-hidden="true"></svg>
          }
          {{ rule.text }}<span class="visually-hidden">{{ rule.met ? ', met' : ', not met yet' }}</span>
        </li>
      }
    </ul>
  `,
  styles: `
    ul {
      display: flex;
      flex-wrap: wrap;
      gap: var(--space-1) var(--space-4);
    }
    li {
      display: flex;
      align-items: center;
      gap: var(--space-1);
      font-size: var(--text-sm);
      color: var(--text-2);
    }
    li.met {
      color: var(--text);
    }
    li.met svg {
      color: var(--accent);
    }
    svg {
      inline-size: var(--icon-sm);
      block-size: var(--icon-sm);
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class RuleList {
  readonly rules = input.required<RuleState[]>();
}
