import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import type { Problem } from '@parlance/contracts';
import { PasswordField } from '../auth/password-field';
import { fieldMessage, toProblem } from '../core/problem/problem';
import { ProblemNote } from '../ui/problem-note';
import { AccountSessions } from './account-sessions';

@Component({
  selector: 'app-password-settings',
  imports: [PasswordField, ProblemNote],
  template: `
    <section>
      <h2>Password</h2>
      <p class="muted">Changing it signs out all your other devices.</p>
      <form class="stack" novalidate (submit)="save($event)">
        @if (!problem()?.errors) {
          <app-problem-note [problem]="problem()" />
        }
        <app-password-field
          label="Present password"
          name="currentPassword"
          [(value)]="current"
          [error]="error('currentPassword')"
        />
        <app-password-field
          label="New password"
          name="newPassword"
          autocomplete="new-password"
          [(value)]="next"
          [error]="error('newPassword')"
        />
        <button class="button" [attr.aria-disabled]="busy()">{{ busy() ? 'Changing…' : 'Change password' }}</button>
        <p class="saved" role="status">{{ saved() ? 'Changed. Your other devices are signed out.' : '' }}</p>
      </form>
    </section>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PasswordSettings {
  private readonly account = inject(AccountSessions);

  protected readonly current = signal('');
  protected readonly next = signal('');
  protected readonly busy = signal(false);
  protected readonly saved = signal(false);
  protected readonly tried = signal(false);
  protected readonly problem = signal<Problem | null>(null);

  protected error(path: 'currentPassword' | 'newPassword'): string | undefined {
    const value = path === 'currentPassword' ? this.current() : this.next();
    if (this.tried() && value === '') return 'Fill this in.';
    return fieldMessage(this.problem(), path);
  }

  protected async save(event: Event): Promise<void> {
    event.preventDefault();
    this.tried.set(true);
    if (this.busy() || !this.current() || !this.next()) return;
    this.busy.set(true);
    this.saved.set(false);
    this.problem.set(null);
    try {
      await this.account.changePassword({ currentPassword: this.current(), newPassword: this.next() });
      this.current.set('');
      this.next.set('');
      this.tried.set(false);
      this.saved.set(true);
    } catch (error) {
      this.problem.set(toProblem(error));
    } finally {
      this.busy.set(false);
    }
  }
}
