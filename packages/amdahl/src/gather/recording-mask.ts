import type { AgentSnapshot, Span, StatementAggregate } from '@amdahl/agent/protocol';
import { hideLiterals, valueHider, type ValueHider } from '../advisor/hide-values.ts';
import type { AgentArtifact, ArtifactName, Gathered } from '../artifacts/artifacts.ts';
import type { CatalogArtifact } from '../artifacts/catalog.ts';
import type { PlansArtifact } from '../artifacts/plans.ts';
import { normalise, parseStatement } from '../sql/parser.ts';
import { kindOf } from '../sql/statement-shape.ts';

/**
 * For `amdahl run --mask`: takes the database's values out of artifacts on their way to the disk.
 * Gatherers see the real ones, since the target must plan what was really sent; the lab plans with
 * masked ones already (gather/experiments.ts).
 *
 * What the app itself told stays: paths it was asked for, headers of replies, names of peers, lines
 * of its source code.
 */
export class RecordingMask {
  #hider: ValueHider | null = null;

  /** What is kept of an artifact. Artifacts come in the order they are gathered. */
  hide(name: ArtifactName, gathered: Gathered): Gathered {
    if (gathered.status !== 'ok') return gathered;
    const { value } = gathered;
    if (name === 'agent') return { status: 'ok', value: hideAgent(value as AgentArtifact) };
    if (name === 'locks') return { status: 'ok', value: hideStatements(value) as typeof value };
    if (name === 'catalog') {
      this.#hider = valueHider(value as CatalogArtifact);
      return { status: 'ok', value: this.#hider.catalog };
    }
    if (name === 'plans') return this.#hidePlans(value as PlansArtifact);
    return gathered;
  }

  #hidePlans(plans: PlansArtifact): Gathered<'plans'> {
    if (this.#hider === null) {
      return {
        status: 'absent',
        reason: 'without the catalog the values in plans cannot be masked',
      };
    }
    const masked = this.#hider.plans(plans);
    return {
      status: 'ok',
      value: {
        ...masked,
        // The lab has planned them: no constant of theirs is needed any more.
        plans: masked.plans.map((plan) => ({
          ...plan,
          explainedText: shown(plan.explainedText, plan.text),
          parameters: [],
        })),
      },
    };
  }
}

/** Its constants as `$n` where it is a statement that is planned, else as its shape has them. */
function shown(text: string, shape: string): string {
  const { node } = parseStatement(text);
  return node === null || kindOf(node) === null ? shape : normalise(text);
}

function hideAgent({ processes }: AgentArtifact): AgentArtifact {
  return { processes: processes.map(hideSnapshot) };
}

function hideSnapshot(snapshot: AgentSnapshot): AgentSnapshot {
  return {
    ...snapshot,
    statements: snapshot.statements.map(hideStatement),
    traces: snapshot.traces.map((trace) => ({ ...trace, spans: trace.spans.map(hideSpan) })),
  };
}

function hideStatement(statement: StatementAggregate): StatementAggregate {
  return {
    ...statement,
    exampleText: shown(statement.exampleText, statement.text),
    exampleParameters: [],
  };
}

/** The database's messages quote what it was sent: `invalid input syntax for type integer: "x"`. */
function hideSpan(span: Span): Span {
  return span.error === undefined
    ? span
    : { ...span, error: span.error.replaceAll(/"[^"]*"/g, '"…"') };
}

/** Fields of locks that hold statements as the server or its log tells them, perhaps cut. */
const statementFields: ReadonlySet<string> = new Set([
  'statement',
  'waitingStatement',
  'blockingStatement',
  'through',
]);

function hideStatements(value: unknown, field = ''): unknown {
  if (typeof value === 'string') return statementFields.has(field) ? hideLiterals(value) : value;
  if (Array.isArray(value)) return value.map((each) => hideStatements(each, field));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, hideStatements(inner, name)]),
  );
}
