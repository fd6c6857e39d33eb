import { ChangeDetectionStrategy, Component, effect, inject, type OnDestroy, signal } from '@angular/core';
import { Router } from '@angular/router';
import { LucideSearch, LucideUsers } from '@lucide/angular';
import { DIRECTORY_QUERY, type Problem, type User } from '@parlance/contracts';
import { toProblem } from '../core/problem/problem';
import { ConversationStore } from '../messages/conversation-store';
import { Avatar } from '../ui/avatar';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { ProblemNote } from '../ui/problem-note';
import { Spinner } from '../ui/spinner';
import { PeopleList } from './people-list';
import { Presence } from './presence';

const OWNER = 'people';

/** Everybody one can write to. */
@Component({
  selector: 'app-people-screen',
  imports: [Avatar, EmptyState, ErrorState, LucideSearch, LucideUsers, ProblemNote, Spinner],
  providers: [PeopleList],
  templateUrl: './people-screen.html',
  styleUrl: './people-screen.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PeopleScreen implements OnDestroy {
  private readonly conversations = inject(ConversationStore);
  private readonly presences = inject(Presence);
  private readonly router = inject(Router);

  protected readonly list = inject(PeopleList);
  protected readonly query = signal('');
  protected readonly opening = signal<string | null>(null);
  protected readonly openProblem = signal<Problem | null>(null);
  protected readonly maxQuery = DIRECTORY_QUERY.maxLength;

  constructor() {
    effect(() =>
      this.presences.watch(
        OWNER,
        this.list.people().map(({ id }) => id),
      ),
    );
  }

  ngOnDestroy(): void {
    this.presences.watch(OWNER, []);
  }

  protected presence(user: User) {
    return this.presences.of(user.id).state;
  }

  protected search(text: string): void {
    this.query.set(text);
    this.list.search(text);
  }

  protected async write(user: User): Promise<void> {
    if (this.opening()) return;
    this.opening.set(user.id);
    this.openProblem.set(null);
    try {
      await this.router.navigate(['/chats', await this.conversations.openDirect(user.id)]);
    } catch (error) {
      this.openProblem.set(toProblem(error));
    } finally {
      this.opening.set(null);
    }
  }
}
