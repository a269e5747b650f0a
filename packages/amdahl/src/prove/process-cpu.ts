import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second in /proc: 100 on every Linux, see `getconf CLK_TCK` and proc(5). */
const ticksPerSecond = 100;

/**
 * CPU time the processes of a group have used until now, ended children they waited for included,
 * in microseconds; null where it cannot be read: only Linux tells it without a helper process.
 */
export function groupCpuTimeUs(groupId: number): number | null {
  if (process.platform !== 'linux') return null;
  const ticks = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => cpuTicks(pid, groupId))
    .filter((own) => own !== null);
  return ticks.length === 0
    ? null
    : (ticks.reduce((sum, own) => sum + own, 0) / ticksPerSecond) * 1_000_000;
}

/** Ticks of one process if it is of this group; see proc_pid_stat(5) for the fields. */
function cpuTicks(pid: string, groupId: number): number | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // The name, in parentheses, may hold anything; what follows starts with field 3, the state.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (Number(fields[2]) !== groupId) return null;
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
}
