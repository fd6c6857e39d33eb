export * from './auth.js';
export * from './limits.js';
export * from './messages.js';
export * from './presence.js';
export * from './problem.js';
export * from './socket.js';
export * from './users.js';
