import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { ConversationPanel } from './conversation-panel';

/** The open conversation. Another conversation is another panel, so that nothing of one is left in the next. */
@Component({
  selector: 'app-conversation-screen',
  imports: [ConversationPanel],
  template: `
    @for (id of ids(); track id) {
      <app-conversation-panel [conversationId]="id" />
    }
  `,
  styles: `
    :host {
      display: grid;
      min-block-size: 0;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ConversationScreen {
  /** From the route. */
  readonly conversationId = input.required<string>();

  protected readonly ids = computed(() => [this.conversationId()]);
}
