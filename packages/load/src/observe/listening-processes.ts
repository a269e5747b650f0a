import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** State of a socket that listens, in /proc/net/tcp; see proc_net(5) and the kernel's tcp_states.h. */
const listenState = '0A';

/**
 * Ids of the processes of this machine that listen on a TCP port, and of their descendants: the
 * service, as far as it runs here and may be looked into. Empty elsewhere than on Linux.
 */
export function listeningProcesses(port: number): readonly number[] {
  if (process.platform !== 'linux') return [];
  const sockets = listeningSockets(port);
  if (sockets.size === 0) return [];
  const found = new Set(processIds().filter((pid) => holdsOneOf(pid, sockets)));
  // What the generator's own process listens on is not a service of its own.
  found.delete(process.pid);
  for (const pid of descendantsOf(found)) found.add(pid);
  return [...found];
}

/** Names of the sockets, as /proc/<pid>/fd links to them. */
function listeningSockets(port: number): ReadonlySet<string> {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  const names = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readLines(table).slice(1)) {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
      if (state === listenState && local.endsWith(`:${hexPort}`)) names.add(`socket:[${inode}]`);
    }
  }
  return names;
}

function holdsOneOf(pid: number, sockets: ReadonlySet<string>): boolean {
  return openFiles(pid).some((target) => sockets.has(target));
}

/** What a process has open; nothing when it has gone or belongs to somebody else. */
export function openFiles(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((descriptor) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${descriptor}`);
      } catch {
        return '';
      }
    });
  } catch {
    return [];
  }
}

function descendantsOf(parents: ReadonlySet<number>): readonly number[] {
  const parentOf = new Map(processIds().map((pid) => [pid, parentId(pid)]));
  return [...parentOf.keys()].filter((pid) => {
    let ancestor = parentOf.get(pid);
    while (ancestor !== undefined && ancestor > 1) {
      if (parents.has(ancestor)) return true;
      ancestor = parentOf.get(ancestor);
    }
    return false;
  });
}

function parentId(pid: number): number | undefined {
  const fields = statFields(pid);
  return fields === undefined ? undefined : Number(fields[1]);
}

/** Fields of /proc/<pid>/stat from the third on, the state; see proc_pid_stat(5). */
export function statFields(pid: number): readonly string[] | undefined {
  const [stat = ''] = readLines(`/proc/${pid}/stat`);
  // The name, in parentheses, may hold anything.
  return stat === '' ? undefined : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function processIds(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}
