import { Module } from '@nestjs/common';
import { MessagesModule } from '../messages/messages.module.js';
import { PresenceModule } from '../presence/presence.module.js';
import { ChatBroadcasts } from './chat.broadcasts.js';
import { ChatGateway } from './chat.gateway.js';
import { HeadsDigest } from './heads-digest.js';
import { PushQueue } from './push-queue.js';
import { TypingRelay } from './typing-relay.js';

/** The edge of the chat: commands of devices in, facts out. */
@Module({
  imports: [MessagesModule, PresenceModule],
  providers: [ChatGateway, ChatBroadcasts, HeadsDigest, PushQueue, TypingRelay],
})
export class ChatModule {}
