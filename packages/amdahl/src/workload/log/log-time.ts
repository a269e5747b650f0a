/**
 * Reads the time of a log line, `2026-11-02 08:00:00.123 UTC` or ISO 8601. Abbreviations of zones are
 * ambiguous; those below are what PostgreSQL's default set says, any other is taken for UTC.
 */
export function logTime(text: string): Date | null {
  const match = timePattern.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, fraction = '', zone = ''] = match;
  const ms = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    Number(fraction.padEnd(3, '0').slice(0, 3)),
  );
  return new Date(ms - offsetMinutes(zone) * 60_000);
}

/** A time anywhere in a text, as `log_timezone` and `%t`, `%m` write it. */
export const timePattern: RegExp =
  /(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?: ?(Z\b|[A-Z]{2,5}\b|[+-]\d\d(?::?\d\d)?(?!\d)))?/;

/** Minutes east of Greenwich. */
const zones: Readonly<Record<string, number>> = {
  WEST: 60,
  BST: 60,
  CET: 60,
  CEST: 120,
  EET: 120,
  EEST: 180,
  SAST: 120,
  MSK: 180,
  IST: 120,
  SGT: 480,
  HKT: 480,
  JST: 540,
  KST: 540,
  AEST: 600,
  AEDT: 660,
  NZST: 720,
  NZDT: 780,
  BRT: -180,
  ART: -180,
  AST: -240,
  EDT: -240,
  EST: -300,
  CDT: -300,
  CST: -360,
  MDT: -360,
  MST: -420,
  PDT: -420,
  PST: -480,
};

function offsetMinutes(zone: string): number {
  const match = /^([+-])(\d\d):?(\d\d)?$/.exec(zone);
  if (match === null) return zones[zone] ?? 0;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return match[1] === '-' ? -minutes : minutes;
}
