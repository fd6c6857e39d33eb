/** All that extensions may import from the API; it changes by semantic versioning. */
export { defineProblem, DomainError, type ProblemType } from './core/errors/index.js';
export { DomainEvent, DomainEvents, OnDomainEvent } from './core/events/index.js';
export { AdminOnly, Caller, type Identity, Public, SignedIn } from './core/identity/index.js';
export { RealtimeGateway, type RealtimeSocket, SocketOperation, TellsFacts } from './core/realtime/index.js';
export { IsObjectId, IsText, ObjectIdPipe } from './core/validation/index.js';
