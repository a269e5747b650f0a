/** `2026-11-02 08:00 UTC`: a moment, to the minute. */
export function minuteText(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
