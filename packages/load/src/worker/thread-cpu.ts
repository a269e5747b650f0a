/**
 * CPU time the calling thread has used, microseconds. Where Node cannot tell (before 23.9) it is
 * the time its event loop was not idle, which is the same unless the thread has to wait for a core.
 */
export function threadCpuUs(): number {
  if (typeof process.threadCpuUsage === 'function') {
    const { user, system } = process.threadCpuUsage();
    return user + system;
  }
  return performance.eventLoopUtilization().active * 1_000;
}
