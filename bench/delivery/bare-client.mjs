import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';

/**
 * A client that holds a connection and does nothing else: WebSocket, Engine.IO and Socket.IO by hand, as far as a
 * handshake and pings need them. A whole client costs more CPU to connect than the server spends on it, so that on the
 * same two cores it would be the client that is measured.
 */
const OPEN = '0';
const PING = '2';
const PONG = '3';
const CONNECT = '40';
const REFUSED = '44';
const HEAD_END = '\r\n\r\n';
/** Of a frame's second byte: from here on the length stands behind it, in two bytes. */
const LONG = 126;

/** What a browser sends along, in about its length: a server may keep it as long as the connection. */
const HEADERS = {
  Connection: 'Upgrade',
  Pragma: 'no-cache',
  'Cache-Control': 'no-cache',
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Accept-Encoding': 'gzip, deflate, br, zstd',
  'Accept-Language': 'en-GB,en-US;q=0.9,en;q=0.8',
  'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits',
};

/** A text frame. Clients must mask; a mask of zeros leaves the bytes as they are. */
function frame(text) {
  const payload = Buffer.from(text);
  const length = payload.length < LONG ? [payload.length] : [LONG, payload.length >> 8, payload.length & 0xff];
  return Buffer.concat([Buffer.from([0x81, 0x80 | length[0], ...length.slice(1), 0, 0, 0, 0]), payload]);
}

const pong = frame(PONG);

/** Takes whole frames off the front; answers their texts and what is left over. */
function unframe(bytes) {
  const texts = [];
  for (;;) {
    if (bytes.length < 2) return { texts, rest: bytes };
    const isLong = bytes[1] === LONG;
    const start = isLong ? 4 : 2;
    if (bytes.length < start) return { texts, rest: bytes };
    const end = start + (isLong ? bytes.readUInt16BE(2) : bytes[1]);
    if (bytes.length < end) return { texts, rest: bytes };
    texts.push(bytes.toString('utf8', start, end));
    bytes = bytes.subarray(end);
  }
}

/** A socket that is connected to the default namespace, as what closes it. Rejects when it is refused. */
export function connectBarely(url, auth) {
  const { hostname, port, host, origin } = new URL(url);
  const headers = { Host: host, Origin: origin, ...HEADERS, 'Sec-WebSocket-Key': randomBytes(16).toString('base64') };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  socket.write(['GET /socket.io/?EIO=4&transport=websocket HTTP/1.1', ...lines].join('\r\n') + HEAD_END);
  return new Promise((resolve, reject) => {
    let rest = Buffer.alloc(0);
    let isUpgraded = false;
    const hear = (text) => {
      if (text === PING) socket.write(pong);
      else if (text.startsWith(OPEN)) socket.write(frame(CONNECT + JSON.stringify(auth)));
      else if (text.startsWith(CONNECT)) resolve({ close: () => socket.destroy() });
      else if (text.startsWith(REFUSED)) reject(new Error(`Refused: ${text}`));
    };
    socket.on('data', (chunk) => {
      let bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      if (!isUpgraded) {
        const end = bytes.indexOf(HEAD_END);
        if (end < 0) return void (rest = bytes);
        if (!bytes.toString('latin1', 0, end).startsWith('HTTP/1.1 101'))
          return socket.destroy(new Error('No upgrade.'));
        isUpgraded = true;
        bytes = bytes.subarray(end + HEAD_END.length);
      }
      const { texts, rest: left } = unframe(bytes);
      rest = Buffer.from(left);
      texts.forEach(hear);
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('The connection was closed.')));
  });
}
