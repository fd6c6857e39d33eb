import type { Device } from './device';
import type { Intent, Ledger } from './ledger';

/** `docs/protocol.md` §1: a device that has been online for 5 s shows everything that was acknowledged before. */
export const SHOWN_WITHIN_MS = 5_000;
const LOOK_MS = 250;
/** After a pause of this process that long, devices are given their time once more. */
const INATTENTIVE_MS = 1_000;

/** Looks at every device again and again, while all kinds of things go on, and writes down who does not show what is promised. */
export class Onlooker {
  /** The promised messages of each conversation, by the time of their ack. */
  private readonly promised = new Map<string, Set<Intent>>();
  /** Devices of which it was told already. */
  private readonly told = new WeakSet<Device>();
  private readonly timer: NodeJS.Timeout;
  private lookedAt = performance.now();
  private attentiveSince = performance.now();
  /** How often a device was held to the promise; a run in which none was has shown nothing. */
  looks = 0;

  constructor(
    private readonly ledger: Ledger,
    private readonly devices: readonly Device[],
  ) {
    ledger.on('acked', this.note);
    this.timer = setInterval(() => this.look(), LOOK_MS);
  }

  stop(): void {
    clearInterval(this.timer);
    this.ledger.off('acked', this.note);
  }

  private readonly note = (intent: Intent): void => {
    const known = this.promised.get(intent.conversationId);
    if (known) known.add(intent);
    else this.promised.set(intent.conversationId, new Set([intent]));
  };

  private look(): void {
    const now = performance.now();
    if (now - this.lookedAt > INATTENTIVE_MS) this.attentiveSince = now;
    this.lookedAt = now;
    if (now - this.attentiveSince < SHOWN_WITHIN_MS) return;
    for (const [id, promised] of this.promised) {
      const last = highest(promised, now - SHOWN_WITHIN_MS);
      if (!last) continue;
      for (const device of this.devices) this.judge(device, id, last);
    }
  }

  private judge(device: Device, conversationId: string, { ack, body }: Intent): void {
    const sync = device.syncs.get(conversationId);
    if (!sync || !ack || device.onlineFor < SHOWN_WITHIN_MS || this.told.has(device)) return;
    this.looks += 1;
    if (sync.snapshot().tail.last >= ack.seq) return;
    this.told.add(device);
    const what = `${device.name} was online for ${SHOWN_WITHIN_MS} ms and does not show "${body}", acknowledged before`;
    this.ledger.sightings.push({ kind: 'stuck', what });
  }
}

/** The furthest message that was acknowledged before this moment. */
function highest(promised: Iterable<Intent>, before: number): Intent | undefined {
  let furthest: Intent | undefined;
  for (const intent of promised) {
    if ((intent.ackedAt ?? Infinity) > before) break;
    if ((intent.ack?.seq ?? 0) > (furthest?.ack?.seq ?? 0)) furthest = intent;
  }
  return furthest;
}
