import { ChangeDetectionStrategy, Component, inject, input, signal, viewChild } from '@angular/core';
import { Router } from '@angular/router';
import { safeNext } from '../core/identity/guards';
import { AvatarChooser } from '../users/avatar-chooser';

/** Second and last step after registering: a face. It can be skipped; everybody has one to begin with. */
@Component({
  selector: 'app-welcome-screen',
  imports: [AvatarChooser],
  template: `
    <main class="card wide">
      <div class="steps" role="img" aria-label="Step 2 of 2"><i class="on"></i><i class="on"></i></div>
      <h1>Choose how people see you</h1>
      <p class="muted">Pick one, shuffle for more, or upload a photo. You can change it any time in Settings.</p>
      <app-avatar-chooser>
        <button type="button" class="button quiet" (click)="leave()">Skip</button>
        <button type="button" class="button primary" [attr.aria-disabled]="busy()" (click)="save()">
          {{ busy() ? 'Saving…' : 'Start chatting' }}
        </button>
      </app-avatar-chooser>
    </main>
  `,
  styleUrl: './auth-screen.css',
  styles: `
    .primary {
      margin-inline-start: auto;
    }
  `,
  host: { class: 'page' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class WelcomeScreen {
  private readonly router = inject(Router);
  private readonly chooser = viewChild.required(AvatarChooser);

  /** Where to go afterwards; from the query. */
  readonly next = input<string>();

  protected readonly busy = signal(false);

  protected async save(): Promise<void> {
    if (this.busy()) return;
    this.busy.set(true);
    const saved = await this.chooser().save();
    this.busy.set(false);
    if (saved) await this.leave();
  }

  protected leave(): Promise<boolean> {
    return this.router.navigateByUrl(safeNext(this.next()));
  }
}
