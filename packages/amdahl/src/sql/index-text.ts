/** `CREATE INDEX` taken apart, as this workbench and `pg_get_indexdef` write it. */
export interface IndexText {
  readonly unique: boolean;
  /** Quoted where it must be, like `table`. */
  readonly name: string;
  readonly table: string;
  /** From the method or the keys on. */
  readonly rest: string;
}

const identifier = String.raw`(?:"(?:[^"]|"")+"|[^\s."]+)`;
const pattern = new RegExp(
  String.raw`^CREATE (UNIQUE )?INDEX (${identifier}) ON (?:ONLY )?(${identifier}(?:\.${identifier})?) (.*)$`,
  's',
);

/** Null for anything else, such as `CREATE INDEX CONCURRENTLY`. */
export function readIndexText(definition: string): IndexText | null {
  const [, unique, name, table, rest] = pattern.exec(definition) ?? [];
  if (name === undefined || table === undefined || rest === undefined) return null;
  return { unique: unique !== undefined, name, table, rest };
}

/** @param how `CONCURRENTLY`: blocks no writes; `ONLY`: of a partitioned table, without its parts */
export function writeIndexText(
  { unique, name, table, rest }: IndexText,
  how?: 'CONCURRENTLY' | 'ONLY',
): string {
  const kind = unique ? 'CREATE UNIQUE INDEX' : 'CREATE INDEX';
  const concurrently = how === 'CONCURRENTLY' ? ' CONCURRENTLY' : '';
  return `${kind}${concurrently} ${name} ON ${how === 'ONLY' ? 'ONLY ' : ''}${table} ${rest}`;
}
