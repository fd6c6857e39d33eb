import { effect, Injectable, signal } from '@angular/core';

/** How the client looks; `system` follows the device. */
export type Theme = 'light' | 'dark' | 'system';

/** The same key is read by `public/appearance.js` before the first paint. */
const KEY = 'parlance.appearance';

function stored(): Theme {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    return 'system';
  }
}

/** The theme of this browser, kept over visits. */
@Injectable({ providedIn: 'root' })
export class Appearance {
  private readonly chosen = signal<Theme>(stored());

  readonly theme = this.chosen.asReadonly();

  constructor() {
    effect(() => {
      const theme = this.chosen();
      if (theme === 'system') document.documentElement.removeAttribute('data-theme');
      else document.documentElement.setAttribute('data-theme', theme);
    });
  }

  choose(theme: Theme): void {
    this.chosen.set(theme);
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // It holds until the page is closed, then.
    }
  }
}
