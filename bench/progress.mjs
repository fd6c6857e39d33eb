const CLEAR = '\r\x1b[K';

function inWords(seconds) {
  return seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`;
}

/**
 * Tells on stderr which step runs, how many there are and how long the rest will take. A bench first says with `plan`
 * what it will do: `[name, seconds]`, the seconds as they are on the machine of `docs/performance.md`; what has been done
 * so far says how much slower or faster this one is.
 */
export class Progress {
  #steps = [];
  #done = 0;
  #began = performance.now();
  #current = '';

  plan(steps) {
    this.#steps = steps;
    this.#began = performance.now();
  }

  /** Does the next step of the plan and answers its result. */
  async step(name, work) {
    this.#current = name;
    this.say('');
    const result = await work();
    this.#done += 1;
    return result;
  }

  /** What happens inside the step that runs. */
  say(detail) {
    const { length } = this.#steps;
    const left = this.#left();
    const rest = left === undefined ? '' : `, about ${inWords(left)} left`;
    const line = `[${this.#done + 1} of ${length}] ${this.#current}${detail && `: ${detail}`}${rest}`;
    process.stderr.write(process.stderr.isTTY ? CLEAR + line : `${line}\n`);
  }

  end() {
    if (process.stderr.isTTY) process.stderr.write(CLEAR);
  }

  /** Seconds, from the plan and from how it went so far. */
  #left() {
    const sum = (steps) => steps.reduce((total, [, seconds]) => total + seconds, 0);
    const planned = sum(this.#steps);
    if (planned === 0) return undefined;
    const spent = (performance.now() - this.#began) / 1000;
    const expected = sum(this.#steps.slice(0, this.#done));
    const pace = this.#done === 0 ? 1 : spent / expected;
    return Math.max(0, planned * pace - spent);
  }
}
