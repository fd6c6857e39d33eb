export { AdminOnly, Caller, Public, SignedIn } from './access.js';
export { AccessTokens } from './access-tokens.js';
export type { Identity } from './identity.js';
export { IdentityGuard } from './identity.guard.js';
export { SessionDirectory } from './session-directory.js';
