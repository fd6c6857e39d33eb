import { ChangeDetectionStrategy, Component, computed, ElementRef, inject, input, signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { Router, RouterLink } from '@angular/router';
import { PASSWORD, type Problem } from '@parlance/contracts';
import { catchError, of } from 'rxjs';
import { Session } from '../core/identity/session';
import { fieldMessage, toProblem } from '../core/problem/problem';
import { Field, FieldControl } from '../ui/field';
import { ProblemNote } from '../ui/problem-note';
import { displayNameFault, emailFault, passwordRules, passwordStrength, usernameRules } from './account-rules';
import { AuthPolicy } from './auth-policy';
import { PasswordField } from './password-field';
import { RuleList } from './rule-list';

type FieldName = 'username' | 'email' | 'displayName' | 'password';

@Component({
  selector: 'app-register-screen',
  imports: [Field, FieldControl, PasswordField, ProblemNote, RouterLink, RuleList],
  templateUrl: './register-screen.html',
  styleUrl: './auth-screen.css',
  host: { class: 'page' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class RegisterScreen {
  private readonly session = inject(Session);
  private readonly router = inject(Router);
  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef);
  // Without an answer the common rules are shown; the server holds its own against what is sent anyway.
  private readonly policy = toSignal(inject(AuthPolicy).policy$.pipe(catchError(() => of(undefined))));

  /** Where to go in the end; from the query. */
  readonly next = input<string>();

  protected readonly username = signal('');
  protected readonly email = signal('');
  protected readonly displayName = signal('');
  protected readonly password = signal('');
  protected readonly busy = signal(false);
  /** Fields that were left once, or all after the first try: no complaint while somebody is still typing. */
  private readonly touched = signal<ReadonlySet<FieldName>>(new Set());
  protected readonly problem = signal<Problem | null>(null);
  /** What the server refused, by field: its complaint goes as soon as the value changes. */
  private readonly refused = signal<Partial<Record<FieldName, string>>>({});

  protected readonly closed = computed(() => (this.policy()?.signup ?? 'open') !== 'open');
  protected readonly usernameRules = computed(() => usernameRules(this.username().trim()));
  protected readonly passwordRules = computed(() =>
    passwordRules(this.password(), this.policy()?.password.minLength ?? PASSWORD.minLength, [
      this.username(),
      this.email().split('@')[0] ?? '',
      'parlance',
    ]),
  );
  protected readonly strength = computed(() => passwordStrength(this.password()));
  /** Shown above the form only when no field can show it. */
  protected readonly generalProblem = computed(() => (this.problem()?.errors?.length ? null : this.problem()));

  private readonly faults = computed<Record<FieldName, string | undefined>>(() => ({
    username: this.usernameRules().every(({ met }) => met) ? undefined : 'Choose a name that keeps both rules.',
    email: emailFault(this.email().trim()),
    displayName: displayNameFault(this.displayName()),
    password: this.passwordRules().every(({ met }) => met) ? undefined : 'Choose a password that keeps both rules.',
  }));

  protected touch(field: FieldName): void {
    this.touched.update((touched) => new Set(touched).add(field));
  }

  protected error(field: FieldName): string | undefined {
    const refusal = this.refused()[field] === this.values()[field] ? fieldMessage(this.problem(), field) : undefined;
    return refusal ?? (this.touched().has(field) ? this.faults()[field] : undefined);
  }

  protected async submit(event: Event): Promise<void> {
    event.preventDefault();
    if (this.busy()) return;
    this.touched.set(new Set<FieldName>(['username', 'email', 'displayName', 'password']));
    if (Object.values(this.faults()).some(Boolean)) return this.focusFirstFault();
    const values = this.values();
    this.busy.set(true);
    this.problem.set(null);
    try {
      await this.session.register({
        username: values.username.trim(),
        email: values.email.trim(),
        password: values.password,
        ...(values.displayName.trim() && { displayName: values.displayName.trim() }),
      });
      await this.router.navigate(['/welcome'], { queryParams: { next: this.next() } });
    } catch (error) {
      this.refused.set(values);
      this.problem.set(toProblem(error));
      this.focusFirstFault();
    } finally {
      this.busy.set(false);
    }
  }

  private values(): Record<FieldName, string> {
    return {
      username: this.username(),
      email: this.email(),
      displayName: this.displayName(),
      password: this.password(),
    };
  }

  /** After the errors are on screen. */
  private focusFirstFault(): void {
    requestAnimationFrame(() =>
      this.element.nativeElement.querySelector<HTMLElement>('[aria-invalid="true"], [role="alert"]')?.focus(),
    );
  }
}
