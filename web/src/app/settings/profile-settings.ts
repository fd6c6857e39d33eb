import { ChangeDetectionStrategy, Component, computed, inject, linkedSignal, signal } from '@angular/core';
import { BIO, DISPLAY_NAME, type Problem } from '@parlance/contracts';
import { Session } from '../core/identity/session';
import { fieldMessage, toProblem } from '../core/problem/problem';
import { Field, FieldControl } from '../ui/field';
import { ProblemNote } from '../ui/problem-note';
import { OwnProfile } from '../users/own-profile';

@Component({
  selector: 'app-profile-settings',
  imports: [Field, FieldControl, ProblemNote],
  template: `
    <section>
      <h2>Profile</h2>
      @if (user(); as me) {
        <p class="muted">&#64;{{ me.username }} · {{ me.email }}</p>
      }
      <form class="stack" novalidate (submit)="save($event)">
        @if (!problem()?.errors) {
          <app-problem-note [problem]="problem()" />
        }
        <app-field label="Display name" [error]="nameError()">
          <input
            appFieldControl
            name="displayName"
            autocomplete="name"
            [value]="displayName()"
            (input)="edit(); displayName.set($any($event.target).value)"
          />
        </app-field>
        <app-field label="About you (optional)" [hint]="bioHint()" [error]="bioError()">
          <textarea
            appFieldControl
            name="bio"
            rows="3"
            [value]="bio()"
            (input)="edit(); bio.set($any($event.target).value)"
          ></textarea>
        </app-field>
        <button class="button primary" [attr.aria-disabled]="busy()">{{ busy() ? 'Saving…' : 'Save profile' }}</button>
        <p class="saved" role="status">{{ saved() ? 'Saved.' : '' }}</p>
      </form>
    </section>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ProfileSettings {
  private readonly profile = inject(OwnProfile);

  protected readonly user = inject(Session).user;
  protected readonly displayName = linkedSignal(() => this.user()?.displayName ?? '');
  protected readonly bio = linkedSignal(() => this.user()?.bio ?? '');
  protected readonly busy = signal(false);
  protected readonly saved = signal(false);
  protected readonly problem = signal<Problem | null>(null);

  private readonly bioLength = computed(() => [...this.bio().trim()].length);
  protected readonly bioHint = computed(() => `${BIO.maxLength - this.bioLength()} characters left`);
  protected readonly nameError = computed(() => {
    const length = [...this.displayName().trim()].length;
    if (length < DISPLAY_NAME.minLength) return 'Enter a name.';
    if (length > DISPLAY_NAME.maxLength) return `Use at most ${DISPLAY_NAME.maxLength} characters.`;
    return fieldMessage(this.problem(), 'displayName');
  });
  protected readonly bioError = computed(() =>
    this.bioLength() > BIO.maxLength ? `Use at most ${BIO.maxLength} characters.` : fieldMessage(this.problem(), 'bio'),
  );

  protected edit(): void {
    this.saved.set(false);
    this.problem.set(null);
  }

  protected async save(event: Event): Promise<void> {
    event.preventDefault();
    if (this.busy() || this.nameError() || this.bioError()) return;
    this.busy.set(true);
    this.edit();
    try {
      await this.profile.update({ displayName: this.displayName().trim(), bio: this.bio().trim() });
      this.saved.set(true);
    } catch (error) {
      this.problem.set(toProblem(error));
    } finally {
      this.busy.set(false);
    }
  }
}
