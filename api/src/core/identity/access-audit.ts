import { Injectable, type OnApplicationBootstrap, type Type } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { ACCESS_RULE } from './access.js';

/** Keys under which Nest itself marks what is reachable from outside. */
const REACHABLE = ['path', 'microservices:message_pattern', 'message'];

/** Stops the boot when a route or a socket event declares no access rule: deny unless declared. */
@Injectable()
export class AccessAudit implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  onApplicationBootstrap(): void {
    const open = [...this.discovery.getControllers(), ...this.discovery.getProviders()].flatMap(
      ({ metatype, instance }) =>
        typeof metatype === 'function' && typeof instance === 'object' && instance !== null
          ? this.undeclared(metatype as Type, Object.getPrototypeOf(instance) as object)
          : [],
    );
    if (open.length > 0) {
      throw new Error(`These handlers declare no access rule (@Public, @SignedIn or @AdminOnly): ${open.join(', ')}`);
    }
  }

  /** Handlers of one class without a rule, as `Class.method`. */
  private undeclared(type: Type, prototype: object): string[] {
    return this.scanner
      .getAllMethodNames(prototype)
      .map((name) => ({ name, method: (prototype as Record<string, unknown>)[name] }))
      .filter(({ method }) => typeof method === 'function' && REACHABLE.some((key) => Reflect.hasMetadata(key, method)))
      .filter(({ method }) => !this.reflector.getAllAndOverride(ACCESS_RULE, [method as () => unknown, type]))
      .map(({ name }) => `${type.name}.${name}`);
  }
}
