import { ChangeDetectionStrategy, Component, inject, signal, viewChild } from '@angular/core';
import type { Problem } from '@parlance/contracts';
import { Session } from '../core/identity/session';
import { toProblem } from '../core/problem/problem';
import { Avatar } from '../ui/avatar';
import { ProblemNote } from '../ui/problem-note';
import { AvatarChooser } from '../users/avatar-chooser';
import { OwnProfile } from '../users/own-profile';

@Component({
  selector: 'app-avatar-settings',
  imports: [Avatar, AvatarChooser, ProblemNote],
  template: `
    <section>
      <h2>Avatar</h2>
      @if (user(); as me) {
        <app-avatar size="lg" [user]="me" />
      }
      @if (changing()) {
        <app-avatar-chooser (pickedChange)="picked.set($event)">
          <button type="button" class="button quiet" (click)="changing.set(false)">Cancel</button>
          <button type="button" class="button primary" [disabled]="!picked() || busy()" (click)="save()">
            {{ busy() ? 'Saving…' : 'Use this avatar' }}
          </button>
        </app-avatar-chooser>
      } @else {
        <app-problem-note [problem]="problem()" />
        <div class="actions">
          <button type="button" class="button" (click)="changing.set(true)">Change avatar</button>
          @if (user()?.hasChosenAvatar) {
            <button type="button" class="button quiet" [attr.aria-disabled]="busy()" (click)="remove()">Remove</button>
          }
        </div>
      }
      <p class="saved" role="status">{{ saved() ? 'Saved.' : '' }}</p>
    </section>
  `,
  styles: `
    .actions {
      display: flex;
      flex-wrap: wrap;
      gap: var(--space-2);
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AvatarSettings {
  private readonly profile = inject(OwnProfile);
  private readonly chooser = viewChild(AvatarChooser);

  protected readonly user = inject(Session).user;
  protected readonly changing = signal(false);
  protected readonly picked = signal(false);
  protected readonly busy = signal(false);
  protected readonly saved = signal(false);
  protected readonly problem = signal<Problem | null>(null);

  protected async save(): Promise<void> {
    this.busy.set(true);
    const saved = await this.chooser()?.save();
    this.busy.set(false);
    this.saved.set(saved === true);
    if (saved) this.changing.set(false);
  }

  protected async remove(): Promise<void> {
    if (this.busy()) return;
    this.busy.set(true);
    this.problem.set(null);
    try {
      await this.profile.removeAvatar();
      this.saved.set(true);
    } catch (error) {
      this.problem.set(toProblem(error));
    } finally {
      this.busy.set(false);
    }
  }
}
