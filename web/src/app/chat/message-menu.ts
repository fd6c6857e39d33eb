import {
  afterRenderEffect,
  ChangeDetectionStrategy,
  Component,
  computed,
  type ElementRef,
  input,
  output,
  signal,
  viewChild,
} from '@angular/core';
import { LucideEllipsis } from '@lucide/angular';
import type { Bubble } from '../messages/sync/bubbles';
import { firstLine } from './message-texts';

export type MessageAction = 'reply' | 'copy' | 'edit' | 'delete';

/** What somebody wants done with a message. */
export interface MessageChoice {
  readonly action: MessageAction;
  readonly bubble: Bubble;
}

const LABELS: Readonly<Record<MessageAction, string>> = {
  reply: 'Reply',
  copy: 'Copy text',
  edit: 'Edit',
  delete: 'Delete',
};
/** Between the button and its menu, and between the menu and the edge of the window, in pixels. */
const GAP_PX = 4;
/** Characters of a message that are enough to tell its menu from others'. */
const LABEL_LENGTH = 40;

/** Whether there is anything to do with a message: the server has it, and its text is still there. */
export function hasMenu({ id, deletedAt, kind }: Bubble): boolean {
  return id !== undefined && deletedAt === undefined && kind !== 'system';
}

/**
 * What can be done with one message: a menu button (ARIA Authoring Practices, menu button pattern), but for the arrow
 * keys, which lead from message to message while the menu is closed.
 */
@Component({
  selector: 'app-message-menu',
  imports: [LucideEllipsis],
  templateUrl: './message-menu.html',
  styleUrl: './message-menu.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class MessageMenu {
  private readonly button = viewChild.required<ElementRef<HTMLButtonElement>>('button');
  private readonly menu = viewChild<ElementRef<HTMLElement>>('menu');

  readonly bubble = input.required<Bubble>();
  readonly mine = input.required<boolean>();
  readonly isTabStop = input(false);

  readonly chosen = output<MessageChoice>();
  /** The button has the focus. */
  readonly entered = output();

  protected readonly isOpen = signal(false);
  protected readonly items = computed(() => {
    const actions: MessageAction[] = this.mine() ? ['reply', 'copy', 'edit', 'delete'] : ['reply', 'copy'];
    return actions.map((action) => ({ action, label: LABELS[action] }));
  });
  protected readonly label = computed(() => {
    return `Actions for “${firstLine(this.bubble().body, LABEL_LENGTH)}”`;
  });

  constructor() {
    afterRenderEffect(() => {
      const menu = this.menu()?.nativeElement;
      if (!menu || !this.isOpen()) return;
      menu.showPopover();
      this.place(menu);
      menu.querySelector('button')?.focus();
    });
  }

  protected open(): void {
    this.isOpen.set(true);
  }

  /** The browser closes it: by Escape, or because somebody pressed elsewhere. */
  protected toggled(event: Event): void {
    if ((event as ToggleEvent).newState === 'closed') this.isOpen.set(false);
  }

  protected choose(action: MessageAction): void {
    this.close();
    this.chosen.emit({ action, bubble: this.bubble() });
  }

  protected walk(event: KeyboardEvent): void {
    const items = [...(this.menu()?.nativeElement.querySelectorAll('button') ?? [])];
    const at = items.findIndex((item) => item === document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    event.stopPropagation();
    if (event.key === 'Escape' || event.key === 'Tab') {
      if (event.key === 'Escape') event.preventDefault();
      this.close();
    } else if (to !== undefined) {
      event.preventDefault();
      items.at(to % items.length)?.focus();
    }
  }

  private close(): void {
    this.isOpen.set(false);
    this.button().nativeElement.focus();
  }

  /** Below the button where there is room, above it otherwise, and always inside the window. */
  private place(menu: HTMLElement): void {
    const at = this.button().nativeElement.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = menu;
    const below = at.bottom + GAP_PX;
    const top = below + offsetHeight > innerHeight ? at.top - GAP_PX - offsetHeight : below;
    const left = Math.min(Math.max(GAP_PX, at.left), innerWidth - offsetWidth - GAP_PX);
    menu.style.insetBlockStart = `${Math.max(GAP_PX, top)}px`;
    menu.style.left = `${left}px`;
  }
}
