import { readdirSync, readFileSync } from 'node:fs';

/**
 * A process group: a started command and everything it started in turn. Its id is the process id of
 * its first process.
 */

/** Sends a signal to every process of the group; false when the group is gone. */
export function signalGroup(groupId: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(process.platform === 'win32' ? groupId : -groupId, signal);
    return true;
  } catch (error) {
    // EPERM: a process of the group belongs to somebody else, so the group is not gone.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Whether a process of the group still runs. One that ended but whose parent has not collected it
 * (a zombie; usual in containers without an init) runs no more. A zombie with threads does: its main
 * thread is gone, the others are still ending, and until then its sockets accept connections.
 */
export function groupIsAlive(groupId: number): boolean {
  if (!signalGroup(groupId, 0)) return false;
  if (process.platform !== 'linux') return true;
  return readdirSync('/proc').some((entry) => /^\d+$/.test(entry) && runsIn(groupId, entry));
}

/** Reads `/proc/<pid>/stat`: `pid (name) state parent group …`, see proc_pid_stat(5). */
function runsIn(groupId: number, pid: string): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, , group] = fields;
    const threads = Number(fields[17]);
    const ended = state === 'X' || (state === 'Z' && threads <= 1);
    return Number(group) === groupId && !ended;
  } catch {
    return false;
  }
}
