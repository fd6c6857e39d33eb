import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { UsersModule } from '../users/users.module.js';
import { ConversationHeads } from './conversation-heads.js';
import { ConversationSummaries } from './conversation-summaries.js';
import { CONVERSATION_MODEL, conversationSchema } from './conversation.schema.js';
import { ConversationsController } from './conversations.controller.js';
import { ConversationsRepository } from './conversations.repository.js';
import { ConversationsService } from './conversations.service.js';
import { MessageWriter } from './message-writer.js';
import { MESSAGE_MODEL, messageSchema } from './message.schema.js';
import { MessageChanger } from './message-changer.js';
import { MessageMetrics } from './message-metrics.js';
import { MessagesController } from './messages.controller.js';
import { MessagesRepository } from './messages.repository.js';
import { MessagesService } from './messages.service.js';
import { SummaryRepair } from './summary-repair.js';
import { DEFAULT_WRITER_LIMITS, WRITER_LIMITS } from './write-attempts.js';

@Module({
  imports: [
    UsersModule,
    MongooseModule.forFeature([
      { name: CONVERSATION_MODEL, schema: conversationSchema },
      { name: MESSAGE_MODEL, schema: messageSchema },
    ]),
  ],
  controllers: [ConversationsController, MessagesController],
  providers: [
    ConversationsService,
    ConversationsRepository,
    ConversationHeads,
    ConversationSummaries,
    SummaryRepair,
    MessagesService,
    MessagesRepository,
    MessageChanger,
    MessageMetrics,
    MessageWriter,
    { provide: WRITER_LIMITS, useValue: DEFAULT_WRITER_LIMITS },
  ],
  exports: [MessagesService, ConversationsService],
})
export class MessagesModule {}
