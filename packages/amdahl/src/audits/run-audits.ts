import type { ArtifactName, GatheredArtifacts } from '../artifacts/artifacts.ts';
import { NotMeasured, type Audit, type AuditContext, type AuditOutcome } from './audit.ts';

/**
 * Runs each audit on the artifacts it names and nothing else. An audit that lacks evidence, or
 * throws, ends `unmeasured` with the reason: one bad audit never costs the others' findings.
 */
export function runAudits(
  audits: readonly Audit[],
  artifacts: GatheredArtifacts,
  context: AuditContext,
): readonly AuditOutcome[] {
  return audits.map((audit) => runAudit(audit, artifacts, context));
}

function runAudit(audit: Audit, artifacts: GatheredArtifacts, context: AuditContext): AuditOutcome {
  const about = { audit: audit.id, step: audit.step, title: audit.title };
  const missing = audit.needs.flatMap((name) => whyMissing(name, artifacts));
  if (missing.length > 0) return { ...about, status: 'unmeasured', reason: missing.join('; ') };
  const evidence = Object.fromEntries(
    [...audit.needs, ...(audit.wants ?? [])].flatMap((name) => {
      const gathered = artifacts[name];
      return gathered.status === 'ok' ? [[name, gathered.value]] : [];
    }),
  );
  try {
    const findings = audit.audit(evidence as Parameters<Audit['audit']>[0], context);
    return findings.length === 0
      ? { ...about, status: 'passed' }
      : { ...about, status: 'found', findings };
  } catch (error) {
    return { ...about, status: 'unmeasured', reason: reasonOf(error) };
  }
}

const evidenceNames: Readonly<Record<ArtifactName, string>> = {
  target: 'the target',
  routes: 'the routes',
  responses: 'sample replies',
  load: 'the load',
  agent: 'the agent inside the app',
  cpuProfile: 'a CPU profile',
  catalog: 'the database catalog',
  plans: 'query plans',
  experiments: 'the database lab',
  locks: 'lock samples',
};

function whyMissing(name: ArtifactName, artifacts: GatheredArtifacts): readonly string[] {
  const gathered = artifacts[name];
  if (gathered.status === 'ok') return [];
  const why =
    gathered.status === 'failed'
      ? `${gathered.error.message} (${gathered.error.code})`
      : gathered.reason;
  return [`it needs ${evidenceNames[name]}: ${why}`];
}

/** Why an audit that threw has no answer, as a clause. */
export function reasonOf(error: unknown): string {
  if (error instanceof NotMeasured) return error.message;
  return `the audit failed: ${error instanceof Error ? error.message : String(error)}`;
}
