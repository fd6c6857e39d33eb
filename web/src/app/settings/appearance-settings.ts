import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { Appearance, type Theme } from '../core/appearance/appearance';

const THEMES: readonly { theme: Theme; label: string }[] = [
  { theme: 'system', label: 'Like this device' },
  { theme: 'light', label: 'Light' },
  { theme: 'dark', label: 'Dark' },
];

@Component({
  selector: 'app-appearance-settings',
  template: `
    <section>
      <h2 id="appearance">Appearance</h2>
      <div role="radiogroup" aria-labelledby="appearance">
        @for (option of themes; track option.theme) {
          <label>
            <input
              type="radio"
              name="theme"
              [value]="option.theme"
              [checked]="appearance.theme() === option.theme"
              (change)="appearance.choose(option.theme)"
            />
            {{ option.label }}
          </label>
        }
      </div>
    </section>
  `,
  styles: `
    [role='radiogroup'] {
      display: flex;
      flex-wrap: wrap;
      gap: var(--space-2);
    }
    label {
      display: flex;
      align-items: center;
      gap: var(--space-2);
      min-block-size: var(--target-touch);
      padding-inline: var(--space-4);
      border: var(--border) solid var(--line);
      border-radius: var(--radius-md);
      cursor: pointer;
    }
    label:has(:checked) {
      border-color: var(--accent);
      background: var(--accent-soft);
    }
    input {
      accent-color: var(--accent);
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AppearanceSettings {
  protected readonly appearance = inject(Appearance);
  protected readonly themes = THEMES;
}
