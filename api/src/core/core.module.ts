import { Module } from '@nestjs/common';
import { ConfigModule } from './config/config.module.js';
import { DatabaseModule } from './database/database.module.js';
import { EventsModule } from './events/events.module.js';
import { HealthModule } from './health/health.module.js';
import { HttpModule } from './http/http.module.js';
import { IdentityModule } from './identity/identity.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { RealtimeModule } from './realtime/realtime.module.js';

/** Everything technical; knows nothing of people and messages. */
@Module({
  imports: [
    ConfigModule,
    MetricsModule,
    EventsModule,
    DatabaseModule,
    IdentityModule,
    HttpModule,
    RealtimeModule,
    HealthModule,
  ],
  exports: [HealthModule],
})
export class CoreModule {}
