import { Module } from '@nestjs/common';
import { MemoryPresenceStore } from './memory-presence-store.js';
import { PresenceStore } from './presence-store.js';
import { PresenceService } from './presence.service.js';

@Module({
  providers: [PresenceService, { provide: PresenceStore, useFactory: () => new MemoryPresenceStore() }],
  exports: [PresenceService],
})
export class PresenceModule {}
