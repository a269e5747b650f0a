import type { ArtifactName, Artifacts } from '../artifacts/artifacts.ts';
import type { Objectives } from '../predict/objectives.ts';
import type { Finding, Step } from './finding.ts';

/**
 * An audit is data and a pure function. It sees only the artifacts it names, keeps no state and
 * reads neither clock nor disk, so a recording always gives the same findings.
 */
export interface Audit<
  Needs extends ArtifactName = ArtifactName,
  Wants extends ArtifactName = ArtifactName,
> {
  /** A noun, also the file's name: `missing-index`. */
  readonly id: string;
  readonly step: Step;
  /** What is looked at, as a noun phrase. */
  readonly title: string;
  /** What is wrong when it finds something, and why it costs time: a sentence or two for the docs. */
  readonly description: string;
  /** Without all of these the audit answers "could not be measured". */
  readonly needs: readonly Needs[];
  /** Evidence that makes the answer sharper; where it is missing the audit does without. */
  readonly wants?: readonly Wants[];
  audit(
    artifacts: Pick<Artifacts, Needs> & Partial<Pick<Artifacts, Wants>>,
    context: AuditContext,
  ): readonly Finding[];
}

export interface AuditContext {
  readonly objectives: Objectives;
}

/**
 * Thrown by an audit whose artifacts are there but hold too little to judge. The message, a clause
 * such as `only 4 seconds were sampled`, becomes the reason of the outcome.
 */
export class NotMeasured extends Error {
  override readonly name: string = 'NotMeasured';
}

/** How an audit ended. */
export type AuditOutcome =
  | {
      readonly audit: string;
      readonly step: Step;
      readonly title: string;
      readonly status: 'passed';
    }
  | {
      readonly audit: string;
      readonly step: Step;
      readonly title: string;
      readonly status: 'found';
      readonly findings: readonly Finding[];
    }
  /** Evidence is missing; the reason says which and why. */
  | {
      readonly audit: string;
      readonly step: Step;
      readonly title: string;
      readonly status: 'unmeasured';
      readonly reason: string;
    };

/** Types an audit and forgets which artifacts it needs, so that all fit one list. */
export function defineAudit<
  const Needs extends ArtifactName,
  const Wants extends ArtifactName = never,
>(audit: Audit<Needs, Wants>): Audit {
  return audit;
}
