import { DatePipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import type { DeviceSession, Problem } from '@parlance/contracts';
import { toProblem } from '../core/problem/problem';
import { ErrorState } from '../ui/error-state';
import { ProblemNote } from '../ui/problem-note';
import { Spinner } from '../ui/spinner';
import { AccountSessions } from './account-sessions';

const ALL_OTHERS = 'others';

@Component({
  selector: 'app-sessions-settings',
  imports: [DatePipe, ErrorState, ProblemNote, Spinner],
  template: `
    <section>
      <h2>Devices</h2>
      <p class="muted">Where you are signed in. End what you do not recognise, and change your password then.</p>
      @if (loadProblem(); as wrong) {
        <app-error-state [problem]="wrong" (retry)="load()" />
      } @else if (sessions(); as list) {
        <app-problem-note [problem]="problem()" />
        <ul>
          @for (session of list; track session.id) {
            <li>
              <span>
                <b>{{ session.device }}</b>
                <small>
                  @if (session.current) {
                    This device
                  } @else {
                    Last used {{ session.lastSeenAt | date: 'MMM d, y, h:mm a' }}
                  }
                </small>
              </span>
              @if (!session.current) {
                <button
                  type="button"
                  class="button small"
                  [disabled]="ending() !== null"
                  [attr.aria-label]="'End the session of ' + session.device"
                  (click)="end(session)"
                >
                  {{ ending() === session.id ? 'Ending…' : 'End' }}
                </button>
              }
            </li>
          }
        </ul>
        @if (others() > 0) {
          <button type="button" class="button" [disabled]="ending() !== null" (click)="endOthers()">
            End all others
          </button>
        }
      } @else {
        <app-spinner label="Loading devices…" />
      }
    </section>
  `,
  styles: `
    li {
      display: flex;
      align-items: center;
      justify-content: space-between;
      gap: var(--space-3);
      padding-block: var(--space-3);
      border-block-end: var(--border) solid var(--line);
    }
    span {
      display: grid;
    }
    b {
      font-weight: 600;
    }
    small {
      color: var(--text-2);
      font-size: var(--text-sm);
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SessionsSettings {
  private readonly account = inject(AccountSessions);

  protected readonly sessions = signal<DeviceSession[] | null>(null);
  protected readonly loadProblem = signal<Problem | null>(null);
  protected readonly problem = signal<Problem | null>(null);
  /** What is being ended. */
  protected readonly ending = signal<string | null>(null);
  protected readonly others = computed(() => (this.sessions() ?? []).filter(({ current }) => !current).length);

  constructor() {
    void this.load();
  }

  protected async load(): Promise<void> {
    this.loadProblem.set(null);
    try {
      this.sessions.set(await this.account.list());
    } catch (error) {
      this.loadProblem.set(toProblem(error));
    }
  }

  protected end({ id }: DeviceSession): Promise<void> {
    return this.act(id, () => this.account.end(id));
  }

  protected endOthers(): Promise<void> {
    return this.act(ALL_OTHERS, () => this.account.endOthers());
  }

  private async act(what: string, work: () => Promise<unknown>): Promise<void> {
    this.ending.set(what);
    this.problem.set(null);
    try {
      await work();
    } catch (error) {
      this.problem.set(toProblem(error));
    } finally {
      this.ending.set(null);
      await this.load();
    }
  }
}
