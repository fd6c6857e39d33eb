import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ConversationHeads } from './conversation-heads.js';
import { ConversationSummaries } from './conversation-summaries.js';
import { MessagesRepository } from './messages.repository.js';

/** Summaries are written a second behind; what a process that died may have left over is much younger than this. */
const WINDOW_SECONDS = 60;

/** Before anybody is served: counts the messages in that the last process could not write into the summaries. */
@Injectable()
export class SummaryRepair implements OnApplicationBootstrap {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly heads: ConversationHeads,
    private readonly summaries: ConversationSummaries,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    for (const id of await this.messages.recentConversations(WINDOW_SECONDS)) await this.heads.fresh(id);
    await this.summaries.flush();
  }
}
