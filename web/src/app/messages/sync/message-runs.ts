import type { Message } from '@parlance/contracts';

/** Gapless stretch of a conversation by `seq`, both ends included; empty when `last` is `first - 1`. */
export interface Run {
  readonly first: number;
  readonly last: number;
}

/** The messages of one conversation that are loaded. A view of the present: what it answers changes with them. */
export interface LoadedMessages {
  /** The stretch in which this place lies; undefined when it is not loaded. */
  runOf(seq: number): Run | undefined;
  at(seq: number): Message | undefined;
  withId(id: string): Message | undefined;
  /** One's own message with this `clientId`. */
  withClientId(clientId: string): Message | undefined;
  /** What is loaded from `first` to `last`, both included, ascending. */
  between(first: number, last: number): Message[];
}

/**
 * Messages by `seq`, in one run or a few that do not touch. Each is found, added or replaced in constant time, however
 * many there are; of two states of one message the higher `rev` wins.
 */
export class MessageRuns implements LoadedMessages {
  private readonly bySeq = new Map<number, Message>();
  private readonly seqById = new Map<string, number>();
  private readonly seqByClientId = new Map<string, number>();
  private runs: readonly Run[] = [];

  get size(): number {
    return this.bySeq.size;
  }

  runOf(seq: number): Run | undefined {
    return this.runs.find(({ first, last }) => first <= seq && seq <= last);
  }

  at(seq: number): Message | undefined {
    return this.bySeq.get(seq);
  }

  withId(id: string): Message | undefined {
    return this.bySeq.get(this.seqById.get(id) ?? 0);
  }

  withClientId(clientId: string): Message | undefined {
    return this.bySeq.get(this.seqByClientId.get(clientId) ?? 0);
  }

  between(first: number, last: number): Message[] {
    const found: Message[] = [];
    for (let seq = first; seq <= last; seq++) {
      const message = this.bySeq.get(seq);
      if (message) found.push(message);
    }
    return found;
  }

  /** Adds a gapless page, ascending, and joins it to what it touches. */
  add(page: readonly Message[]): void {
    const [first, last] = [page[0]?.seq, page.at(-1)?.seq];
    if (first === undefined || last === undefined) return;
    for (const message of page) if (!this.update(message)) this.set(message);
    const touched = this.runs.filter((run) => run.first <= last + 1 && run.last >= first - 1);
    const joined = {
      first: Math.min(first, ...touched.map((run) => run.first)),
      last: Math.max(last, ...touched.map((run) => run.last)),
    };
    this.runs = [...this.runs.filter((run) => !touched.includes(run)), joined];
  }

  /** Takes another state of a message; false when the message is not loaded, and then nothing happens. */
  update(message: Message): boolean {
    const known = this.bySeq.get(message.seq);
    if (known && known.rev < message.rev) this.set(message);
    return known !== undefined;
  }

  /** Lets go of everything outside these stretches. */
  keep(stretches: readonly Run[]): void {
    const kept = this.runs.flatMap((run) => overlaps(run, stretches));
    for (const { first, last } of this.runs) {
      for (let seq = first; seq <= last; seq++) {
        if (!kept.some((run) => run.first <= seq && seq <= run.last)) this.remove(seq);
      }
    }
    this.runs = kept;
  }

  private set(message: Message): void {
    this.bySeq.set(message.seq, message);
    this.seqById.set(message.id, message.seq);
    if (message.clientId !== undefined) this.seqByClientId.set(message.clientId, message.seq);
  }

  private remove(seq: number): void {
    const message = this.bySeq.get(seq);
    if (!message) return;
    this.bySeq.delete(seq);
    this.seqById.delete(message.id);
    if (message.clientId !== undefined) this.seqByClientId.delete(message.clientId);
  }
}

/** The parts of a run that lie in any of these stretches, which may overlap each other. */
function overlaps(run: Run, stretches: readonly Run[]): Run[] {
  const parts: Run[] = [];
  for (const stretch of [...stretches].sort((a, b) => a.first - b.first)) {
    const part = { first: Math.max(run.first, stretch.first), last: Math.min(run.last, stretch.last) };
    const before = parts.at(-1);
    if (part.first > part.last) continue;
    if (before && part.first <= before.last + 1) {
      parts[parts.length - 1] = { first: before.first, last: Math.max(before.last, part.last) };
    } else parts.push(part);
  }
  return parts;
}
