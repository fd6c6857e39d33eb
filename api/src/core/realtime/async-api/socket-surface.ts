import { Injectable, type Type } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { GATEWAY_METADATA, MESSAGE_METADATA, PARAM_ARGS_METADATA } from '@nestjs/websockets/constants.js';
import { WsParamtype } from '@nestjs/websockets/enums/ws-paramtype.enum.js';
import { type FactDescription, FACTS, OPERATION, type OperationDescription } from './described.js';

/** What a gateway of this application answers. */
export interface SocketRequest {
  readonly event: string;
  /** Class that the payload is checked by; absent where the handler takes none, or anything. */
  readonly payload: Type | undefined;
  /** Absent where the handler does not say. */
  readonly description: OperationDescription | undefined;
}

/** What a provider of this application tells devices. */
export interface SocketFact extends FactDescription {
  readonly event: string;
}

/** Types that TypeScript writes down for a parameter that has no class of its own. */
const NO_DTO: readonly unknown[] = [undefined, Object, Array, String, Number, Boolean, Promise];

/** What stands on the socket, read off the classes that are at work: gateways of extensions no less than ours. */
@Injectable()
export class SocketSurface {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** By event, in the order in which the application's modules were loaded. */
  requests(): SocketRequest[] {
    return this.classes()
      .filter((type) => Reflect.hasMetadata(GATEWAY_METADATA, type))
      .flatMap((type) => this.handlersOf(type));
  }

  facts(): SocketFact[] {
    return this.classes().flatMap((type) => {
      const facts = (Reflect.getMetadata(FACTS, type) ?? {}) as Record<string, FactDescription>;
      return Object.entries(facts).map(([event, fact]) => ({ event, ...fact }));
    });
  }

  private classes(): Type[] {
    const types = this.discovery.getProviders().map(({ metatype }) => metatype as unknown);
    return [...new Set(types)].filter((type): type is Type => typeof type === 'function');
  }

  private handlersOf(type: Type): SocketRequest[] {
    const prototype = type.prototype as Record<string, object>;
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name];
      const event: unknown = handler && Reflect.getMetadata(MESSAGE_METADATA, handler);
      if (typeof event !== 'string' || !handler) return [];
      const description = Reflect.getMetadata(OPERATION, handler) as OperationDescription | undefined;
      return [{ event, payload: payloadOf(type, name), description }];
    });
  }
}

/** The class of the parameter that is the message's body as a whole. */
function payloadOf(type: Type, name: string): Type | undefined {
  const parameters = (Reflect.getMetadata(PARAM_ARGS_METADATA, type, name) ?? {}) as Record<
    string,
    { index: number; data?: unknown }
  >;
  const body = Object.entries(parameters).find(
    ([key, { data }]) => key.startsWith(`${WsParamtype.PAYLOAD}:`) && data === undefined,
  );
  const types = (Reflect.getMetadata('design:paramtypes', type.prototype as object, name) ?? []) as unknown[];
  const dto = body && types[body[1].index];
  return NO_DTO.includes(dto) ? undefined : (dto as Type);
}
