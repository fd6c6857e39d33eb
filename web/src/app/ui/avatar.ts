import { ChangeDetectionStrategy, Component, computed, input, linkedSignal } from '@angular/core';
import type { User } from '@parlance/contracts';
import { PresenceDot, type ShownPresence } from './presence-dot';

/** Somebody's picture, beside their name: it says nothing that the name does not, so it has no text of its own. */
@Component({
  selector: 'app-avatar',
  imports: [PresenceDot],
  template: `
    @if (broken()) {
      <span class="initials" aria-hidden="true">{{ initials() }}</span>
    } @else {
      <img [src]="user().avatarUrl" alt="" draggable="false" (error)="broken.set(true)" />
    }
    @if (presence(); as state) {
      <app-presence-dot [state]="state" />
    }
  `,
  host: { '[attr.data-size]': 'size()' },
  styles: `
    :host {
      --size: var(--avatar-md);
      position: relative;
      display: block;
      flex: none;
      inline-size: var(--size);
      block-size: var(--size);
    }
    :host([data-size='sm']) {
      --size: var(--avatar-sm);
    }
    :host([data-size='lg']) {
      --size: var(--avatar-lg);
    }
    :host([data-size='xl']) {
      --size: var(--avatar-xl);
    }
    img,
    .initials {
      inline-size: 100%;
      block-size: 100%;
      border-radius: 50%;
      background: var(--surface-2);
      object-fit: cover;
    }
    .initials {
      display: grid;
      place-items: center;
      background: var(--accent-soft);
      color: var(--accent);
      font-size: calc(var(--size) * 0.38);
      font-weight: var(--weight-bold);
    }
    app-presence-dot {
      position: absolute;
      inset-inline-end: -1px;
      inset-block-end: -1px;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Avatar {
  readonly user = input.required<Pick<User, 'displayName' | 'avatarUrl'>>();
  readonly size = input<'sm' | 'md' | 'lg' | 'xl'>('md');
  /** Shown as a dot when given. */
  readonly presence = input<ShownPresence>();

  /** A new picture is a new chance. */
  protected readonly broken = linkedSignal({ source: () => this.user().avatarUrl, computation: () => false });

  protected readonly initials = computed(() =>
    this.user()
      .displayName.split(/\s+/)
      .slice(0, 2)
      .map((word) => [...word][0]?.toLocaleUpperCase() ?? '')
      .join(''),
  );
}
