import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DomainEvent } from './domain-event.js';
import { DomainEvents, OnDomainEvent } from './domain-events.js';
import { EventsModule } from './events.module.js';

class Rang extends DomainEvent {
  constructor(readonly bell: string) {
    super();
  }
}
class Unheard extends DomainEvent {}
const Namesake = (() => {
  class Rang extends DomainEvent {}
  return Rang;
})();

@Injectable()
class Listeners {
  readonly heard: string[] = [];

  @OnDomainEvent(Rang)
  fails(): void {
    throw new Error('A listener is broken.');
  }

  @OnDomainEvent(Rang)
  failsLater(): Promise<void> {
    return Promise.reject(new Error('A listener is broken.'));
  }

  @OnDomainEvent(Rang)
  hears({ bell }: Rang): void {
    this.heard.push(bell);
  }
}

describe('DomainEvents', () => {
  let events: DomainEvents;
  let listeners: Listeners;
  let close: () => Promise<void>;

  beforeAll(async () => {
    const module = await Test.createTestingModule({ imports: [EventsModule], providers: [Listeners] }).compile();
    module.useLogger(false);
    await module.init();
    events = module.get(DomainEvents);
    listeners = module.get(Listeners);
    close = () => module.close();
  });
  afterAll(() => close());

  it('reaches those who listen, in order, whatever happens to others', () => {
    expect(() => {
      events.publish(new Rang('first'));
      events.publish(new Rang('second'));
    }).not.toThrow();
    expect(listeners.heard).toEqual(['first', 'second']);
  });

  it('tells two events of the same name apart', () => {
    events.publish(new Namesake());
    expect(listeners.heard).toHaveLength(2);
  });

  it('does not mind that nobody listens', () => {
    expect(() => events.publish(new Unheard())).not.toThrow();
  });
});
