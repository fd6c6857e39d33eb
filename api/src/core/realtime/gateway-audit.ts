import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { ANSWERS_IN_ACKS } from './realtime-gateway.js';

/** Key under which Nest itself marks gateways. */
const GATEWAY = 'websockets:is_gateway';

/** Stops the boot when a gateway is a stock one: its errors would end in an ack that says that all went well. */
@Injectable()
export class GatewayAudit implements OnApplicationBootstrap {
  constructor(private readonly discovery: DiscoveryService) {}

  onApplicationBootstrap(): void {
    const stock = this.discovery
      .getProviders()
      .map(({ metatype }) => metatype)
      .filter((type) => typeof type === 'function' && Reflect.hasMetadata(GATEWAY, type))
      .filter((type) => !Reflect.hasMetadata(ANSWERS_IN_ACKS, type as object));
    if (stock.length > 0) {
      const names = stock.map((type) => (type as { name: string }).name).join(', ');
      throw new Error(`These gateways need @RealtimeGateway() in place of @WebSocketGateway(): ${names}`);
    }
  }
}
