import type { Conversation } from '@parlance/contracts';
import type { Device } from './device';
import type { Intent, Ledger } from './ledger';
import type { MessageRecord } from './records';

/** What may never happen, by kind, each with what was seen. */
export interface Report {
  /** Acknowledged, or typed and kept, and not there. */
  lost: string[];
  /** There, and nobody has written it; or shown, and not in the database. */
  phantom: string[];
  /** There more than once. */
  duplicate: string[];
  /** A hole or a repeat in a conversation's order, or one device's texts in another order than typed. */
  outOfOrder: string[];
  /** Still on its way, or not caught up, long after everything is well. */
  stuck: string[];
  /** Two who should see the same see something else. */
  divergent: string[];
}

export interface Evidence {
  readonly ledger: Ledger;
  readonly records: readonly MessageRecord[];
  readonly devices: readonly Device[];
}

export const emptyReport = (): Report => ({
  lost: [],
  phantom: [],
  duplicate: [],
  outOfOrder: [],
  stuck: [],
  divergent: [],
});

/** How many findings there are, of all kinds. */
export const findingsIn = (report: Report): number => Object.values(report).flat().length;

/** Compares intents, acknowledgements, the database and the messages that every device shows. */
export function checkEverything({ ledger, records, devices }: Evidence): Report {
  const report = emptyReport();
  for (const { kind, what } of ledger.sightings) report[kind].push(what);
  const recordsOf = new Map<string, MessageRecord[]>();
  for (const record of records) {
    const known = recordsOf.get(record.conversationId);
    if (known) known.push(record);
    else recordsOf.set(record.conversationId, [record]);
  }
  checkOrder(recordsOf, report);
  checkIntents(ledger, records, devices, report);
  checkChanges(ledger, records, devices, report);
  checkTold(ledger, recordsOf, report);
  for (const device of devices) {
    for (const [id] of device.syncs) checkView(device, id, recordsOf.get(id) ?? [], report);
  }
  return report;
}

function checkOrder(recordsOf: Map<string, MessageRecord[]>, report: Report): void {
  for (const [id, messages] of recordsOf) {
    messages.forEach(({ seq }, index) => {
      if (seq !== index + 1) report.outOfOrder.push(`${id}: seq ${seq} stands at place ${index + 1}`);
    });
    const revs = new Set(messages.map(({ rev }) => rev));
    if (revs.size !== messages.length) report.outOfOrder.push(`${id}: two messages have one rev`);
  }
}

/** The intent behind a record: by its text or, when that was changed, by the answer to it. */
function intentBehind(ledger: Ledger, byMessageId: Map<string, Intent>, record: MessageRecord): Intent | undefined {
  return ledger.intents.get(record.body) ?? byMessageId.get(record.id);
}

function checkIntents(
  ledger: Ledger,
  records: readonly MessageRecord[],
  devices: readonly Device[],
  report: Report,
): void {
  const byMessageId = new Map<string, Intent>();
  for (const intent of ledger.intents.values()) if (intent.ack) byMessageId.set(intent.ack.id, intent);
  const stored = new Map<Intent, MessageRecord[]>();
  for (const record of records) {
    const intent = intentBehind(ledger, byMessageId, record);
    if (!intent || intent.senderId !== record.senderId || intent.conversationId !== record.conversationId) {
      report.phantom.push(`seq ${record.seq} of ${record.conversationId} was written by nobody`);
    } else {
      stored.set(intent, [...(stored.get(intent) ?? []), record]);
    }
  }
  const onTheWay = new Map<string, boolean>();
  for (const { entries } of devices) for (const { body, problem } of entries) onTheWay.set(body, problem !== undefined);
  const last = new Map<string, number>();
  for (const intent of ledger.intents.values()) {
    const [record, ...more] = stored.get(intent) ?? [];
    if (more.length > 0) report.duplicate.push(`"${intent.body}" is stored ${more.length + 1} times`);
    if (!record) {
      if (intent.ack) report.lost.push(`"${intent.body}" was acknowledged and is not stored`);
      else if (intent.kept && !onTheWay.has(intent.body)) report.lost.push(`"${intent.body}" is nowhere`);
    } else {
      if (intent.ack && (intent.ack.id !== record.id || intent.ack.seq !== record.seq)) {
        report.divergent.push(`"${intent.body}" was acknowledged as seq ${intent.ack.seq} and is ${record.seq}`);
      }
      const line = `${intent.device} ${intent.conversationId}`;
      if (record.seq < (last.get(line) ?? 0)) report.outOfOrder.push(`"${intent.body}" stands before an earlier one`);
      last.set(line, Math.max(last.get(line) ?? 0, record.seq));
    }
    if (onTheWay.has(intent.body)) {
      const failed = onTheWay.get(intent.body) ? 'was refused' : 'is still on its way';
      report.stuck.push(`"${intent.body}" ${failed}`);
    }
  }
}

/** Every number of unread messages that the server has ever answered: messages stay where they are, whoever wrote them. */
function checkTold({ told }: Ledger, recordsOf: ReadonlyMap<string, readonly MessageRecord[]>, report: Report): void {
  for (const { conversationId, personId, device, headSeq, readSeq, unread } of told) {
    const upTo = (recordsOf.get(conversationId) ?? []).slice(readSeq, headSeq);
    const stored = upTo.filter(({ senderId }) => senderId !== personId).length;
    if (stored === unread) continue;
    report.divergent.push(`${device} was told ${unread} unread from ${readSeq} to ${headSeq}, the database ${stored}`);
  }
}

function checkChanges(
  { changes }: Ledger,
  records: readonly MessageRecord[],
  devices: readonly Device[],
  report: Report,
): void {
  const byId = new Map(records.map((record) => [record.id, record]));
  for (const { messageId, former, body, ack } of changes) {
    const record = byId.get(messageId);
    if (!ack || !record) {
      if (ack) report.lost.push(`a changed message, once "${former}", is not stored`);
      continue;
    }
    if (record.rev < ack.rev) report.lost.push(`a change of "${former}" was acknowledged and is not stored`);
    if (record.rev === ack.rev && record.body !== body) report.divergent.push(`"${former}" is not what it became`);
    if (body !== '') continue;
    if (record.body !== '' || !record.deletedAt) report.lost.push(`the deletion of "${former}" is not stored`);
    for (const device of devices) {
      const shown = JSON.stringify([
        [...device.syncs.values()].map((sync) => sync.snapshot()),
        [...device.summaries.values()],
        device.entries,
        device.disk.seen.all,
      ]);
      if (shown.includes(JSON.stringify(former))) report.divergent.push(`${device.name} still has "${former}"`);
    }
  }
}

function checkView(device: Device, id: string, records: readonly MessageRecord[], report: Report): void {
  const { messages, held } = device.syncs.get(id)?.snapshot() ?? { messages: [], held: [] };
  const bySeq = new Map(records.map((record) => [record.seq, record]));
  const first = messages[0]?.seq ?? 1;
  const missing = records.filter(({ seq }) => seq >= first).length - messages.length;
  if (missing > 0 || held.length > 0) report.stuck.push(`${device.name} misses ${missing} messages of ${id}`);
  for (const message of messages) {
    const record = bySeq.get(message.seq);
    if (!record || record.id !== message.id) {
      report.phantom.push(`${device.name} shows "${message.body}" as seq ${message.seq}, which is not stored`);
    } else if (record.body !== message.body || record.rev !== message.rev || record.senderId !== message.senderId) {
      report.divergent.push(`${device.name} shows seq ${message.seq} at rev ${message.rev}, stored is ${record.rev}`);
    }
  }
  const shown = device.bubbles(id);
  const seen = new Set<string>();
  for (const { body, deletedAt } of shown) {
    if (!deletedAt && seen.has(body)) report.duplicate.push(`${device.name} shows "${body}" twice`);
    seen.add(body);
  }
}

/** Compares what devices list with what the server tells each device's person of the same conversations. */
export function checkLists(fresh: ReadonlyMap<Device, readonly Conversation[]>): Report {
  const report = emptyReport();
  for (const [device, conversations] of fresh) {
    for (const conversation of conversations) checkSummary(device, conversation, report);
  }
  return report;
}

function checkSummary(device: Device, fresh: Conversation, report: Report): void {
  const known = device.summaries.get(fresh.id);
  if (!known) {
    report.stuck.push(`${device.name} knows nothing of ${fresh.id}`);
    return;
  }
  const parts = ({ headSeq, headRev, readSeq, deliveredSeq, unread, lastMessage, members }: Conversation) => ({
    headSeq,
    headRev,
    readSeq,
    deliveredSeq,
    unread,
    last: lastMessage && [lastMessage.id, lastMessage.rev, lastMessage.body],
    markers: members.map(({ user, readSeq: read, deliveredSeq: got }) => [user.id, read, got]).sort(),
  });
  const [own, server] = [JSON.stringify(parts(known)), JSON.stringify(parts(fresh))];
  if (own !== server) report.divergent.push(`${device.name} lists ${own}, the server ${server}`);
}

/** Compares what the server lists for somebody, without having been asked for the conversation itself, with the database. */
export function checkListed(
  personId: string,
  { id, headSeq, headRev, readSeq, unread, lastMessage }: Conversation,
  records: readonly MessageRecord[],
  report: Report,
): void {
  const own = records.filter(({ conversationId }) => conversationId === id);
  const last = own.at(-1);
  const stored = {
    headSeq: own.length,
    headRev: Math.max(0, ...own.map(({ rev }) => rev)),
    unread: own.filter(({ seq, senderId }) => seq > readSeq && senderId !== personId).length,
    last: last && [last.id, last.rev, last.body],
  };
  const listed = { headSeq, headRev, unread, last: lastMessage && [lastMessage.id, lastMessage.rev, lastMessage.body] };
  const [told, truth] = [JSON.stringify(listed), JSON.stringify(stored)];
  if (told !== truth) report.divergent.push(`the list says ${told} of ${id}, the database ${truth}`);
}

/** As much of a finding as tells what it is; texts can be long. */
const MOST_SHOWN = 240;

/** A report for people: the counts, and the first of each kind. */
export function summaryOf(report: Report): string {
  const kinds = Object.entries(report) as [keyof Report, string[]][];
  const counts = kinds.map(([kind, found]) => `${found.length} ${kind}`).join(', ');
  const examples = kinds.flatMap(([kind, found]) =>
    found.slice(0, 3).map((what) => `  ${kind}: ${what.slice(0, MOST_SHOWN)}`),
  );
  return [counts, ...examples].join('\n');
}
