/** Something that has happened and is on disk. Events stand in `<domain>/events/` and carry plain data. */
export abstract class DomainEvent {}

export type DomainEventClass<E extends DomainEvent = DomainEvent> = abstract new (...args: never[]) => E;
