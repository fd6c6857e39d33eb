import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  type ElementRef,
  inject,
  Injector,
  input,
  type OnDestroy,
  signal,
  untracked,
  viewChild,
  viewChildren,
} from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { LucideMessageCircle, LucidePlus, LucideSearch } from '@lucide/angular';
import { ConversationStore } from '../messages/conversation-store';
import { Avatar } from '../ui/avatar';
import { isComposing } from '../ui/composing';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { Spinner } from '../ui/spinner';
import { Presence } from '../users/presence';
import { ConversationRows } from './conversation-rows';

const PRESENCE_OWNER = 'conversation-list';
/** The next page is asked for when less than this many screens of rows are left. */
const SCREENS_AHEAD = 1;

/** The column of conversations: search, filter, and one row each, walked with the arrow keys. */
@Component({
  selector: 'app-conversation-list',
  imports: [Avatar, EmptyState, ErrorState, LucideMessageCircle, LucidePlus, LucideSearch, RouterLink, Spinner],
  templateUrl: './conversation-list.html',
  styleUrl: './conversation-list.css',
  host: { '(document:keydown)': 'shortcut($event)' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ConversationList implements OnDestroy {
  private readonly injector = inject(Injector);
  private readonly router = inject(Router);
  private readonly presence = inject(Presence);
  private readonly allRows = inject(ConversationRows).rows;
  private readonly searchBox = viewChild.required<ElementRef<HTMLInputElement>>('searchBox');
  private readonly links = viewChildren<ElementRef<HTMLAnchorElement>>('link');

  /** The conversation that is open. */
  readonly openId = input<string>();

  protected readonly store = inject(ConversationStore);
  protected readonly query = signal('');
  protected readonly onlyUnread = signal(false);
  private readonly focusedId = signal<string | undefined>(undefined);

  protected readonly rows = computed(() => {
    const words = fold(this.query()).split(/\s+/).filter(Boolean);
    return this.allRows().filter(
      ({ id, title, preview, unread }) =>
        (!this.onlyUnread() || unread > 0 || id === this.openId()) &&
        words.every((word) => fold(`${title} ${preview.text}`).includes(word)),
    );
  });
  protected readonly isFiltered = computed(() => this.onlyUnread() || this.query().trim() !== '');

  /** The one row that Tab reaches. */
  protected readonly tabStop = computed(() => {
    const ids = this.rows().map(({ id }) => id);
    return [this.focusedId(), this.openId()].find((id) => id !== undefined && ids.includes(id)) ?? ids[0];
  });

  constructor() {
    // Whoever was searched for is found: the others belong in sight again.
    effect(() => {
      this.openId();
      untracked(() => this.query.set(''));
    });
    effect(() => {
      const direct = this.allRows().filter(({ presence, user }) => presence !== undefined && user);
      this.presence.watch(
        PRESENCE_OWNER,
        direct.map(({ user }) => user?.id ?? ''),
      );
    });
  }

  ngOnDestroy(): void {
    this.presence.watch(PRESENCE_OWNER, []);
  }

  protected shortcut(event: Event): void {
    if (!(event instanceof KeyboardEvent) || event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey))
      return;
    event.preventDefault();
    this.searchBox().nativeElement.focus();
  }

  protected walk(event: KeyboardEvent): void {
    const ids = this.rows().map(({ id }) => id);
    const at = ids.indexOf(this.tabStop() ?? '');
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: ids.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.focusRow(ids[Math.min(Math.max(to, 0), ids.length - 1)]);
  }

  /** From the search box straight into the rows. */
  protected enterRows(event: Event): void {
    if (isComposing(event)) return;
    event.preventDefault();
    this.focusRow(this.rows()[0]?.id);
  }

  /**
   * What was searched for is found with the first row. Asked of the rows, not of their links: who types
   * fast presses Enter before the links show what was typed last.
   */
  protected openFirst(event: Event): void {
    if (isComposing(event)) return;
    const first = this.rows()[0];
    if (!first || !this.query().trim()) return;
    this.query.set('');
    void this.router.navigate(['/chats', first.id]);
  }

  protected clear(event: Event): void {
    if (!isComposing(event)) this.query.set('');
  }

  protected focused(id: string): void {
    this.focusedId.set(id);
  }

  /** Moves the focus once the links show the rows as they are now. */
  private focusRow(id: string | undefined): void {
    this.focusedId.set(id);
    afterNextRender(
      () => {
        const at = this.rows().findIndex((row) => row.id === id);
        this.links()[at]?.nativeElement.focus();
      },
      { injector: this.injector },
    );
  }

  protected scrolled(event: Event): void {
    const list = event.target as HTMLElement;
    const left = list.scrollHeight - list.scrollTop - list.clientHeight;
    if (left < SCREENS_AHEAD * list.clientHeight && this.store.more() === 'idle') void this.store.loadMore();
  }
}

/** Case and accents do not matter when one searches. */
function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase();
}
