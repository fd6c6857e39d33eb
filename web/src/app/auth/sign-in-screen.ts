import { ChangeDetectionStrategy, Component, type ElementRef, inject, input, signal, viewChild } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import type { Problem } from '@parlance/contracts';
import { safeNext } from '../core/identity/guards';
import { Session } from '../core/identity/session';
import { fieldMessage, toProblem } from '../core/problem/problem';
import { Field, FieldControl } from '../ui/field';
import { ProblemNote } from '../ui/problem-note';
import { PasswordField } from './password-field';

@Component({
  selector: 'app-sign-in-screen',
  imports: [Field, FieldControl, PasswordField, ProblemNote, RouterLink],
  templateUrl: './sign-in-screen.html',
  styleUrl: './auth-screen.css',
  host: { class: 'page' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SignInScreen {
  private readonly session = inject(Session);
  private readonly router = inject(Router);

  /** Where to go afterwards; from the query. */
  readonly next = input<string>();

  protected readonly identifier = signal('');
  protected readonly password = signal('');
  protected readonly busy = signal(false);
  protected readonly tried = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  private readonly first = viewChild.required<ElementRef<HTMLInputElement>>('first');

  protected error(path: 'identifier' | 'password'): string | undefined {
    const missing = path === 'identifier' ? 'Enter your username or e-mail.' : 'Enter your password.';
    if (this.tried() && !(path === 'identifier' ? this.identifier().trim() : this.password())) return missing;
    return fieldMessage(this.problem(), path);
  }

  protected async submit(event: Event): Promise<void> {
    event.preventDefault();
    this.tried.set(true);
    if (this.busy() || !this.identifier().trim() || !this.password()) return;
    this.busy.set(true);
    this.problem.set(null);
    try {
      await this.session.login({ identifier: this.identifier().trim(), password: this.password() });
      await this.router.navigateByUrl(safeNext(this.next()));
    } catch (error) {
      this.problem.set(toProblem(error));
      this.first().nativeElement.focus();
    } finally {
      this.busy.set(false);
    }
  }
}
