import type { Routes } from '@angular/router';
import { ChatsScreen } from './chats-screen';
import { ConversationScreen } from './conversation-screen';
import { NoConversation } from './no-conversation';

/** `/chats` and `/chats/:conversationId`. The list stays while one goes from conversation to conversation. */
export const chatRoutes: Routes = [
  {
    path: '',
    title: 'Chats · Parlance',
    component: ChatsScreen,
    children: [
      { path: '', pathMatch: 'full', component: NoConversation },
      { path: ':conversationId', component: ConversationScreen },
    ],
  },
];
