import 'reflect-metadata';
import { Module, type Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { WebSocketGateway } from '@nestjs/websockets';
import { describe, expect, it } from '@jest/globals';
import { GatewayAudit } from './gateway-audit.js';
import { RealtimeGateway } from './realtime-gateway.js';

@RealtimeGateway()
class OursGateway {}

@WebSocketGateway()
class StockGateway {}

async function boot(gateway: Type): Promise<void> {
  @Module({ imports: [DiscoveryModule], providers: [GatewayAudit, gateway] })
  class SampleModule {}
  const module = await Test.createTestingModule({ imports: [SampleModule] }).compile();
  await module.init();
  await module.close();
}

describe('GatewayAudit', () => {
  it('lets gateways boot that answer in their acks', async () => {
    await expect(boot(OursGateway)).resolves.toBeUndefined();
  });

  it('stops the boot at a stock one, and names it', async () => {
    await expect(boot(StockGateway)).rejects.toThrow(/: StockGateway$/);
  });
});
