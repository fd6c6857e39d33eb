import { join } from 'node:path';
import { Line } from './lines.mjs';

const PROTOCOL = 196_608;

/**
 * The requests of the bench as `pg` sends them once a statement is prepared: Bind, Execute, Sync.
 * @param statements gives the statements on a table, by operation
 */
export function postgresFrames(folder, statements) {
  const path = join(folder, '.s.PGSQL.5432');
  return {
    /** Opens lines on which the statements on some tables are prepared. */
    open: (count, tables) => Promise.all(Array.from({ length: count }, () => ready(path, statements, tables))),
    insert: (name, doc) => bind(`${name}-insert`, [doc._id, JSON.stringify(doc)]),
    insertMany: (name, docs) => bind(`${name}-insertMany`, [JSON.stringify(docs)]),
    read: (name, id) => bind(`${name}-read`, [id]),
    update: (name, id, body) => bind(`${name}-update`, [id, body]),
    page: (name, conversationId, before) => bind(`${name}-page`, [conversationId, String(before)]),
  };
}

async function ready(path, statements, tables) {
  const line = await new Line(path, isWhole).open();
  const settings = ['user', 'bench', 'database', 'postgres', ''].map(text);
  const startup = Buffer.concat([int32(PROTOCOL), ...settings]);
  await line.request(Buffer.concat([int32(startup.length + 4), startup]));
  for (const table of tables)
    for (const [operation, statement] of Object.entries(statements)) {
      const parse = frame('P', text(`${table}-${operation}`), text(statement(table)), int16(0));
      await line.request(Buffer.concat([parse, frame('S')]));
    }
  return line;
}

const text = (value) => Buffer.from(`${value}\0`);
const int16 = (value) => Buffer.from([value >> 8, value & 0xff]);

function int32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function frame(type, ...parts) {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

function bind(name, values) {
  const parameters = values.flatMap((value) => [int32(Buffer.byteLength(value)), Buffer.from(value)]);
  const binding = frame('B', text(''), text(name), int16(0), int16(values.length), ...parameters, int16(0));
  return Buffer.concat([binding, frame('E', text(''), int32(0)), frame('S')]);
}

/** An answer is a row of messages, of which the last says that the next request may come. */
function isWhole(answer) {
  const [error, end] = [69, 90];
  for (let at = 0; at + 5 <= answer.length; at += 1 + answer.readInt32BE(at + 1)) {
    if (answer[at] === error) throw new Error(answer.toString('latin1', at));
    if (answer[at] === end) return at + 1 + answer.readInt32BE(at + 1) === answer.length;
  }
  return false;
}
