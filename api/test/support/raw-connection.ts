import { once } from 'node:events';
import { Manager } from 'socket.io-client';
import type { TestApp } from './test-app.js';

/** An Engine.IO connection that has not said CONNECT yet, and can say what it likes. */
export async function rawConnection(app: TestApp) {
  const manager = new Manager(app.url, { transports: ['websocket'], reconnection: false, autoConnect: false });
  await new Promise<void>((resolve, reject) => manager.open((error) => (error ? reject(error) : resolve())));
  const { transport } = manager.engine as unknown as { transport: { ws: { send(frame: string): void } } };
  const say = (frame: string) => transport.ws.send(frame);
  const closed = once(manager as unknown as NodeJS.EventEmitter, 'close').then(([reason]) => reason as string);
  return { manager, closed, say };
}
