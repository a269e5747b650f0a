import type { Artifacts } from '../artifacts/artifacts.ts';
import { NotMeasured, type Audit, type AuditOutcome } from '../audits/audit.ts';
import { audits } from '../audits/audits.ts';
import type { StatementAuditDefinition } from '../audits/queries/statement-audit.ts';
import { reasonOf } from '../audits/run-audits.ts';
import type { StatementUse } from '../audits/queries/statement-use.ts';

type StatementEvidence = Partial<Pick<Artifacts, 'catalog' | 'plans' | 'experiments'>>;

/** The audits that can judge statements without requests around them. */
export const statementAudits: readonly StatementAuditDefinition[] = audits.filter(judgesStatements);

function judgesStatements(audit: Audit): audit is StatementAuditDefinition {
  return 'find' in audit;
}

/** Beside the statements themselves, which stand for what an app's agent and a load see. */
const standFor: ReadonlySet<string> = new Set(['agent', 'load']);

/**
 * Runs each of them on a workload. As in a run, one that lacks evidence or throws ends `unmeasured`.
 *
 * @param whyMissing why there is no evidence of one kind, as a clause
 */
export function runStatementAudits(
  uses: readonly StatementUse[],
  evidence: StatementEvidence,
  whyMissing: string,
): readonly AuditOutcome[] {
  return statementAudits.map((audit): AuditOutcome => {
    const about = { audit: audit.id, step: audit.step, title: audit.title };
    const missing = audit.needs.filter((name) => !standFor.has(name) && !(name in evidence));
    if (missing.length > 0) return { ...about, status: 'unmeasured', reason: whyMissing };
    try {
      const findings = audit.find(uses, evidence as Artifacts);
      return findings.length === 0
        ? { ...about, status: 'passed' }
        : { ...about, status: 'found', findings };
    } catch (error) {
      if (error instanceof NotMeasured) {
        return { ...about, status: 'unmeasured', reason: error.message };
      }
      return { ...about, status: 'unmeasured', reason: reasonOf(error) };
    }
  });
}
