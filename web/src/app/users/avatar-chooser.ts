import {
  ChangeDetectionStrategy,
  Component,
  computed,
  type ElementRef,
  inject,
  output,
  signal,
  viewChild,
} from '@angular/core';
import { LucideRefreshCw, LucideUpload } from '@lucide/angular';
import { AVATAR_UPLOAD, type AvatarChoice, type Problem } from '@parlance/contracts';
import { toProblem } from '../core/problem/problem';
import { ErrorState } from '../ui/error-state';
import { ProblemNote } from '../ui/problem-note';
import { Spinner } from '../ui/spinner';
import { OwnProfile } from './own-profile';

const CHOICES = 10;
const MEBIBYTE = 1024 * 1024;

/** What has been picked and not been saved yet. */
type Picked = { choice: string } | { file: File; preview: string };

/** Pick a generated avatar, shuffle for more, or upload a photo. Saves when asked to; `save` answers when it is done. */
@Component({
  selector: 'app-avatar-chooser',
  imports: [ErrorState, LucideRefreshCw, LucideUpload, ProblemNote, Spinner],
  templateUrl: './avatar-chooser.html',
  styleUrl: './avatar-chooser.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AvatarChooser {
  private readonly profile = inject(OwnProfile);

  /** Whether something is picked that could be saved. */
  readonly pickedChange = output<boolean>();

  protected readonly accept = AVATAR_UPLOAD.mediaTypes.join(',');
  protected readonly choices = signal<AvatarChoice[]>([]);
  protected readonly loading = signal(true);
  protected readonly loadProblem = signal<Problem | null>(null);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly fileFault = signal<string | null>(null);
  protected readonly picked = signal<Picked | null>(null);
  protected readonly pickedChoice = computed(() => {
    const picked = this.picked();
    return picked && 'choice' in picked ? picked.choice : null;
  });
  protected readonly preview = computed(() => {
    const picked = this.picked();
    return picked && 'preview' in picked ? picked.preview : null;
  });
  private readonly fileInput = viewChild.required<ElementRef<HTMLInputElement>>('file');
  private page = 0;

  constructor() {
    void this.load();
  }

  /** Saves what is picked, if anything. False when it was refused; the reason is on screen and the choice stays. */
  async save(): Promise<boolean> {
    const picked = this.picked();
    if (!picked) return true;
    this.problem.set(null);
    try {
      await ('choice' in picked ? this.profile.chooseAvatar(picked.choice) : this.profile.uploadAvatar(picked.file));
      this.pick(null);
      return true;
    } catch (error) {
      this.problem.set(toProblem(error));
      return false;
    }
  }

  protected shuffle(): void {
    this.page += 1;
    void this.load();
  }

  protected async load(): Promise<void> {
    this.loading.set(true);
    this.loadProblem.set(null);
    try {
      this.choices.set(await this.profile.avatarChoices(this.page, CHOICES));
      if (this.pickedChoice()) this.pick(null);
    } catch (error) {
      this.loadProblem.set(toProblem(error));
    } finally {
      this.loading.set(false);
    }
  }

  protected choose(choice: string): void {
    this.pick({ choice });
  }

  protected browse(): void {
    this.fileInput().nativeElement.click();
  }

  protected takeFile(input: HTMLInputElement): void {
    const file = input.files?.[0];
    // So that the same file can be chosen again.
    input.value = '';
    if (!file) return;
    if (!(AVATAR_UPLOAD.mediaTypes as readonly string[]).includes(file.type)) {
      return this.fileFault.set('Choose a JPEG, PNG or WebP picture.');
    }
    if (file.size > AVATAR_UPLOAD.maxBytes) {
      return this.fileFault.set(`Choose a picture of at most ${AVATAR_UPLOAD.maxBytes / MEBIBYTE} MB.`);
    }
    this.pick({ file, preview: URL.createObjectURL(file) });
  }

  private pick(picked: Picked | null): void {
    const before = this.preview();
    if (before) URL.revokeObjectURL(before);
    this.fileFault.set(null);
    this.problem.set(null);
    this.picked.set(picked);
    this.pickedChange.emit(picked !== null);
  }
}
