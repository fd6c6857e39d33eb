export { SocketOperation, TellsFacts } from './async-api/described.js';
export { Broadcaster } from './broadcaster.js';
export { SocketConnected, SocketDisconnected } from './events.js';
export { FastLanes } from './fast-lanes.js';
export { RealtimeGateway } from './realtime-gateway.js';
export type { RealtimeSocket } from './realtime-socket.js';
export { SocketSessions } from './socket-sessions.js';
