import { createServer } from 'node:http';
import { Server } from 'socket.io';

/**
 * The floor: Socket.IO and nothing else. Passes a message on to its receiver and acknowledges it; no store, no checks, no
 * framework. Whatever a chat does costs at least this.
 */
const http = createServer();
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false, serveClient: false });
io.on('connection', (socket) => {
  void socket.join(socket.handshake.auth.userId);
  socket.on('message:send', ({ to, body }, ack) => {
    io.to(to).emit('message:created', { body });
    ack({ ok: true });
  });
});
http.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () =>
  process.stdout.write(`ready at http://127.0.0.1:${http.address().port}\n`),
);
process.on('SIGTERM', () => process.exit(0));
