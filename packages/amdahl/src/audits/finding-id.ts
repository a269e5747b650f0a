import { createHash } from 'node:crypto';
import type { CodeFrame } from '@amdahl/agent/protocol';
import { shortPath } from '../wording.ts';

/**
 * A finding's id, `n-plus-one:a1b2c3`: the audit and a digest of what tells this cause from its
 * others. Only what the same code gives again belongs in it: statements, call sites, routes; no
 * figures, ports or line numbers.
 */
export function findingId(audit: string, ...cause: readonly string[]): string {
  const digest = createHash('sha256').update(cause.join('\0')).digest('hex');
  return `${audit}:${digest.slice(0, 6)}`;
}

/** A call site without its line, which moves with every edit above it. */
export function stableSite(frame: CodeFrame | null): string {
  if (frame === null) return '';
  return `${shortPath(frame.file)}:${frame.functionName}`;
}
