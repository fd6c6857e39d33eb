export { DomainEvent } from './domain-event.js';
export { DomainEvents, OnDomainEvent } from './domain-events.js';
