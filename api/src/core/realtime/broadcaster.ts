import { Injectable } from '@nestjs/common';
import type { SessionEndReason, SocketFactName, SocketFacts } from '@parlance/contracts';
import { TellsFacts } from './async-api/described.js';
import { ServerDrainingDto, SessionEndedDto } from './dto/facts.dto.js';
import { type RealtimeServer, type RealtimeSocket, sessionRoom, userRoom } from './realtime-socket.js';

/** Devices that are given a packet each. */
const FEW = 3;

/** The only one that holds the server: everything that goes out to clients unasked goes through here. */
@TellsFacts({
  'session:ended': { summary: 'The session is over; the socket is closed.', payload: SessionEndedDto },
  'server:draining': { summary: 'The server is about to stop, to everybody.', payload: ServerDrainingDto },
})
@Injectable()
export class Broadcaster {
  private server: RealtimeServer | undefined;

  /** Called once by the adapter. */
  attach(server: RealtimeServer): void {
    this.server = server;
  }

  /** How many sockets are open. */
  get connections(): number {
    return this.server?.engine.clientsCount ?? 0;
  }

  /** To every device of these users. An empty list reaches nobody. */
  toUsers<E extends SocketFactName>(userIds: readonly string[], event: E, fact: SocketFacts[E]): void {
    this.emit(userIds.map(userRoom), event, fact);
  }

  /** To single devices, by socket id. An empty list reaches nobody. */
  toSockets<E extends SocketFactName>(socketIds: readonly string[], event: E, fact: SocketFacts[E]): void {
    this.emit(socketIds, event, fact);
  }

  /** To everybody who is or will be connected, each with a fact of their own: only for what is the end of the server. */
  toEveryone<E extends SocketFactName>(event: E, factOf: () => SocketFacts[E]): void {
    const tell = (socket: RealtimeSocket) => void socket.emit(event, ...([factOf()] as Parameters<never>));
    for (const socket of this.server?.sockets.sockets.values() ?? []) tell(socket);
    this.server?.on('connection', tell);
  }

  /** Tells the devices of a session that it is over, and closes them. */
  endSession(sessionId: string, reason: SessionEndReason): void {
    this.emit([sessionRoom(sessionId)], 'session:ended', { reason });
    this.server?.in(sessionRoom(sessionId)).disconnectSockets(true);
  }

  /** `Server.to([])` would reach everybody: this guards it. */
  private emit<E extends SocketFactName>(rooms: readonly string[], event: E, fact: SocketFacts[E]): void {
    if (rooms.length === 0 || !this.server) return;
    const devices = this.fewDevicesIn(rooms, this.server);
    if (!devices) this.server.to([...rooms]).emit(event, ...([fact] as Parameters<never>));
    else for (const device of devices) device.emit(event, ...([fact] as Parameters<never>));
  }

  /**
   * The sockets of these rooms; undefined when they are many. Most of what is said is for one or two people with a device
   * or two, and a packet for each needs no sets of rooms and ids: 3 or 4 % of a message's CPU.
   */
  private fewDevicesIn(
    rooms: readonly string[],
    { sockets: { adapter, sockets } }: RealtimeServer,
  ): RealtimeSocket[] | undefined {
    const devices: RealtimeSocket[] = [];
    for (const room of rooms) {
      for (const id of adapter.rooms.get(room) ?? []) {
        const device = sockets.get(id);
        if (device && !devices.includes(device)) devices.push(device);
        if (devices.length > FEW) return undefined;
      }
    }
    return devices;
  }
}
