import type { ArtifactName, Artifacts } from '../../artifacts/artifacts.ts';
import type { Audit } from '../audit.ts';
import type { Finding } from '../finding.ts';
import { statementUses, type StatementUse } from './statement-use.ts';

/**
 * An audit that judges statements, whoever captured them: the agent during a run, or one of the
 * sources `amdahl sql` reads, which have no requests.
 */
export interface StatementAudit<
  Needs extends ArtifactName = ArtifactName,
  Wants extends ArtifactName = ArtifactName,
> extends Pick<Audit, 'id' | 'title' | 'description'> {
  /** Evidence beside the statements. */
  readonly needs: readonly Needs[];
  /** Evidence it does without where there is none. */
  readonly wants?: readonly Wants[];
  find(
    uses: readonly StatementUse[],
    artifacts: Pick<Artifacts, Needs> & Partial<Pick<Artifacts, Wants>>,
  ): readonly Finding[];
}

/** An audit of runs that can also judge statements alone. */
export type StatementAuditDefinition = Audit & Pick<StatementAudit, 'find'>;

type StatementEvidence = 'catalog' | 'plans' | 'experiments';
/** What only a run has. */
type RunEvidence = 'agent' | 'load' | 'target' | 'locks';

/** Makes an audit of runs from one of statements, and keeps the latter beside it. */
export function defineStatementAudit<
  const Needs extends StatementEvidence,
  const Wants extends StatementEvidence | RunEvidence = never,
>(audit: StatementAudit<Needs, Wants>): StatementAuditDefinition {
  const { id, title, description, needs, wants = [] } = audit;
  const find: StatementAudit['find'] = (uses, artifacts) => audit.find(uses, artifacts);
  return {
    id,
    step: 'queries',
    title,
    description,
    needs: ['agent', 'load', ...needs],
    wants,
    find,
    audit: (artifacts) => find(statementUses(artifacts.agent, artifacts.load), artifacts),
  };
}
