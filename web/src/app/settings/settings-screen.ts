import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { Session } from '../core/identity/session';
import { AppearanceSettings } from './appearance-settings';
import { AvatarSettings } from './avatar-settings';
import { PasswordSettings } from './password-settings';
import { ProfileSettings } from './profile-settings';
import { SessionsSettings } from './sessions-settings';

/** Everything about oneself, in one column. */
@Component({
  selector: 'app-settings-screen',
  imports: [AppearanceSettings, AvatarSettings, PasswordSettings, ProfileSettings, SessionsSettings],
  template: `
    <h1>Settings</h1>
    <app-profile-settings />
    <app-avatar-settings />
    <app-appearance-settings />
    <app-sessions-settings />
    <app-password-settings />
    <section>
      <h2>Sign out</h2>
      <p class="muted">Unsent messages and drafts on this device are removed.</p>
      <button type="button" class="button danger" [attr.aria-disabled]="leaving()" (click)="signOut()">
        {{ leaving() ? 'Signing out…' : 'Sign out' }}
      </button>
    </section>
  `,
  styles: `
    :host {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      align-content: start;
      gap: var(--space-4);
      inline-size: min(var(--measure), 100%);
      margin-inline: auto;
      padding: var(--space-5) var(--space-4) var(--space-7);
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SettingsScreen {
  private readonly session = inject(Session);

  protected readonly leaving = signal(false);

  protected async signOut(): Promise<void> {
    if (this.leaving()) return;
    this.leaving.set(true);
    await this.session.logout();
  }
}
