const cleaners = new Set<() => void>();
let listening = false;

/**
 * Runs `clean` when this process exits, however it comes to `exit`: at its end, by an uncaught
 * error or by `process.exit`. It must be synchronous. Returns a function that takes it back.
 *
 * Nothing of this process survives SIGKILL; for that case processes are guarded from outside, see
 * `guardProcess`.
 */
export function cleanUpOnExit(clean: () => void): () => void {
  if (!listening) {
    listening = true;
    process.on('exit', () => {
      for (const each of cleaners) each();
    });
  }
  cleaners.add(clean);
  return () => {
    cleaners.delete(clean);
  };
}
