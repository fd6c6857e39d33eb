import { readFileSync, readdirSync } from 'node:fs';

/** Clock ticks a second, in which Linux counts the CPU time of processes. */
const TICKS = 100;

function stat(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The command's name stands in brackets and may hold spaces.
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/**
 * CPU seconds of a process with all its threads, and of the children that it had and waited for. The scheduler counts
 * nanoseconds; ticks, in which only the children that have ended are told, are a tenth of what some cases take.
 */
function cpuOf(pid) {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const own = threads.reduce((sum, thread) => sum + nanoseconds(pid, thread), 0) / 1e9;
    const waited = stat(pid).slice(13, 15);
    return waited.reduce((sum, ticks) => sum + Number(ticks) / TICKS, own);
  } catch {
    // It ended; its parent counts it.
    return 0;
  }
}

function nanoseconds(pid, thread) {
  const [onCpu] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ');
  return Number(onCpu);
}

/** CPU seconds of a process and of its living children. */
export function cpuSeconds(pid) {
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === pid);
  return [pid, ...children].reduce((sum, one) => sum + cpuOf(one), 0);
}

function parentOf(pid) {
  try {
    return Number(stat(pid)[1]);
  } catch {
    return undefined;
  }
}

/** Resident memory of a process in bytes: its own, and pages of files that are mapped. */
export function memory(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const kibibytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
  return { own: kibibytes('RssAnon') * 1024, mapped: kibibytes('RssFile') * 1024 };
}
