import { Module } from '@nestjs/common';
import { AuthModule } from './auth/auth.module.js';
import { ChatModule } from './chat/chat.module.js';
import { CoreModule } from './core/core.module.js';
import { extensions } from './extensions.js';
import { MessagesModule } from './messages/messages.module.js';
import { PresenceModule } from './presence/presence.module.js';
import { UsersModule } from './users/users.module.js';

@Module({
  imports: [CoreModule, UsersModule, AuthModule, MessagesModule, PresenceModule, ChatModule, ...extensions],
})
export class AppModule {}
