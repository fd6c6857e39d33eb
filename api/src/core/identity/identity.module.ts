import { Global, Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { AccessAudit } from './access-audit.js';
import { AccessTokens } from './access-tokens.js';
import { IdentityGuard } from './identity.guard.js';

/** Who asks, and whether they may. `auth` provides the `SessionDirectory` that the guard asks. */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [AccessTokens, AccessAudit, { provide: APP_GUARD, useClass: IdentityGuard }],
  exports: [AccessTokens],
})
export class IdentityModule {}
