export * from './person.js';
export * from './test-app.js';
export * from './test-socket.js';
