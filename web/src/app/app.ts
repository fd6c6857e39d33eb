import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { Router, RouterOutlet } from '@angular/router';
import type { Problem } from '@parlance/contracts';
import { filter } from 'rxjs';
import { Appearance } from './core/appearance/appearance';
import { Session } from './core/identity/session';
import { SessionHints } from './core/identity/session-hints';
import { toProblem } from './core/problem/problem';
import { ConversationCache } from './messages/conversation-cache';
import { ErrorState } from './ui/error-state';

/** The whole client: the router's screen, or, while nobody knows who is here, the reason why. */
@Component({
  selector: 'app-root',
  imports: [ErrorState, RouterOutlet],
  template: `
    @if (problem(); as wrong) {
      <main class="page"><app-error-state [problem]="wrong" (retry)="restore()" /></main>
    } @else if (ready()) {
      <router-outlet />
    }
  `,
  styles: `
    :host {
      display: block;
      block-size: 100%;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class App {
  private readonly cache = inject(ConversationCache);
  private readonly session = inject(Session);
  private readonly router = inject(Router);

  protected readonly ready = signal(false);
  protected readonly problem = signal<Problem | null>(null);

  constructor() {
    inject(Appearance);
    void this.restore();
    this.session.signedOut$.pipe(takeUntilDestroyed()).subscribe(() => {
      const { url } = this.router;
      const next = /^\/(chats\/|people)/.test(url) ? { next: url } : {};
      void this.router.navigate(['/sign-in'], { queryParams: next });
    });
    // Signed in in another tab: this one follows.
    inject(SessionHints)
      .otherTab$.pipe(
        filter(({ said }) => said === 'signed-in' && this.session.state() === 'signed-out'),
        takeUntilDestroyed(),
      )
      .subscribe(() => void this.follow());
  }

  /** Guards need to know who is here before the first screen is chosen. */
  protected async restore(): Promise<void> {
    this.problem.set(null);
    try {
      await this.session.restore();
      await this.cache.load(this.session.user()?.id);
      this.router.initialNavigation();
      this.ready.set(true);
    } catch (error) {
      this.problem.set(toProblem(error));
    }
  }

  private async follow(): Promise<void> {
    await this.session.restore().catch(() => undefined);
    if (this.session.state() === 'signed-in' && this.router.url.startsWith('/sign-in')) {
      await this.router.navigateByUrl('/chats');
    }
  }
}
