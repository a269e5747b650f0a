/** A line as the server wrote it, freed of what a collector of logs put around it. */
export interface UnwrappedLine {
  readonly text: string;
  /**
   * `whole` begins a line of the server; `next` goes on with the one before, on a new line or, with
   * `same`, where syslog cut it.
   */
  readonly place: 'whole' | 'next' | 'same';
}

/** Docker Compose: `postgres-1  | …`. */
const compose = /^[\w.-]+ +\| ?/;
/** Kubernetes: `2026-11-02T08:00:00.123456789Z stderr F …`. */
const container = /^\d{4}-\d\d-\d\dT\S+ std(?:out|err) [FP] /;
/** CloudWatch, `docker logs -t`: a time of their own in front. */
const collected = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*\s+(?=\t|\d{4}-\d\d-\d\d )/;
/** Syslog and journalctl, with PostgreSQL's counters `[5-2]`: message, chunk of it. */
const syslog =
  /^(?:<\d+>\d* ?)?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+) \S+ \S*?\[\d+\]: (?:\[\d+-(\d+)\] )?/;

export function unwrapLine(line: string): UnwrappedLine {
  if (line.startsWith('\t')) return { text: line.slice(1), place: 'next' };
  const wrapper = syslog.exec(line);
  if (wrapper !== null) {
    const rest = line.slice(wrapper[0].length);
    if (rest.startsWith('#011')) return { text: rest.slice(4), place: 'next' };
    if (rest.startsWith('\t')) return { text: rest.slice(1), place: 'next' };
    const chunk = Number(wrapper[1] ?? 1);
    // The header stays: it holds time and process.
    return chunk > 1 ? { text: rest, place: 'same' } : { text: line, place: 'whole' };
  }
  const [outer] = compose.exec(line) ?? container.exec(line) ?? collected.exec(line) ?? [];
  if (outer === undefined) return { text: line, place: 'whole' };
  const rest = line.slice(outer.length);
  return rest.startsWith('\t')
    ? { text: rest.slice(1), place: 'next' }
    : { text: rest, place: 'whole' };
}
