import { applyDecorators, Injectable } from '@nestjs/common';
import { EventEmitter2, OnEvent } from '@nestjs/event-emitter';
import type { DomainEvent, DomainEventClass } from './domain-event.js';

/** Each class is its own key, so that two events of the same name cannot meet. */
const keys = new WeakMap<object, symbol>();

function keyOf(type: object & { name: string }): symbol {
  let key = keys.get(type);
  if (!key) keys.set(type, (key = Symbol(type.name)));
  return key;
}

/**
 * Publishes what has happened to whoever listens in this process, after it has been written. Listeners run in the
 * order in which they were registered; one that fails is logged by the framework and never reaches the publisher.
 */
@Injectable()
export class DomainEvents {
  constructor(private readonly emitter: EventEmitter2) {}

  publish(event: DomainEvent): void {
    this.emitter.emit(keyOf(event.constructor), event);
  }
}

/** Makes a method a listener: `@OnDomainEvent(MessageCreated)`. */
export function OnDomainEvent(type: DomainEventClass): MethodDecorator {
  return applyDecorators(OnEvent(keyOf(type), { suppressErrors: true }));
}
