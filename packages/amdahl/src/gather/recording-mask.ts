import type { AgentSnapshot, Span, StatementAggregate } from '@amdahl/agent/protocol';
import { hideLiterals, valueHider, type ValueHider } from '../advisor/hide-values.ts';
import type {
  AgentArtifact,
  ArtifactName,
  Artifacts,
  Gathered,
  LoadArtifact,
} from '../artifacts/artifacts.ts';
import type { CatalogArtifact } from '../artifacts/catalog.ts';
import type { PlansArtifact } from '../artifacts/plans.ts';
import type { ResponsesArtifact, SampledResponse } from '../artifacts/responses.ts';
import type { RoutesArtifact } from '../artifacts/routes.ts';
import { normalise, parseStatement } from '../sql/parser.ts';
import { kindOf } from '../sql/statement-shape.ts';
import { patternOfRoute, UrlMask } from './url-mask.ts';

/**
 * For `amdahl run --mask`: takes the values of the data out of artifacts on their way to the disk:
 * the database's, and those that URLs and headers of replies carry. Gatherers see the real ones,
 * since the target must plan what was really sent; the lab plans with masked ones already
 * (gather/experiments.ts).
 *
 * What is code stays: patterns of routes, names of files and parameters, lines of source code.
 */
export class RecordingMask {
  #hider: ValueHider | null = null;
  readonly #urls = new UrlMask();
  readonly #routes = new Set<string>();
  /** A digest of a small number is as good as the number. */
  readonly #digests = new Map<number, number>();

  /** What is kept of an artifact. Artifacts come in the order they are gathered. */
  hide(name: ArtifactName, gathered: Gathered): Gathered {
    if (gathered.status !== 'ok') return gathered;
    const { value } = gathered;
    if (name === 'plans') return this.#hidePlans(value as PlansArtifact);
    return { status: 'ok', value: this.#hideValue(name, value) };
  }

  #hideValue(name: ArtifactName, value: Artifacts[ArtifactName]): Artifacts[ArtifactName] {
    switch (name) {
      case 'routes':
        return this.#hideRoutes(value as RoutesArtifact);
      case 'responses':
        return this.#hideResponses(value as ResponsesArtifact);
      case 'load':
        return hideLoad(value as LoadArtifact);
      case 'agent':
        return this.#hideAgent(value as AgentArtifact);
      case 'locks':
        return hideStatements(value) as typeof value;
      case 'catalog':
        this.#hider = valueHider(value as CatalogArtifact);
        return this.#hider.catalog;
      default:
        return value;
    }
  }

  #hideRoutes(artifact: RoutesArtifact): RoutesArtifact {
    const { routes, leftOut } = artifact;
    this.#urls.know(routes.map(({ pattern }) => pattern));
    for (const { name } of routes) this.#routes.add(name);
    return {
      ...artifact,
      routes: routes.map((route) => ({
        ...route,
        examples: route.examples.map((example) => this.#urls.hide(example, route.pattern)),
      })),
      leftOut: leftOut.map(({ url, reason }) => ({ url: this.#urls.hide(url, null), reason })),
    };
  }

  #hideResponses({ responses }: ResponsesArtifact): ResponsesArtifact {
    return { responses: responses.map((response) => this.#hideResponse(response)) };
  }

  /** What pages pull in is no route of its own: it is named by its path. */
  #hideResponse(response: SampledResponse): SampledResponse {
    const { route, url, headers, resources } = response;
    const isRoute = this.#routes.has(route);
    const pattern = patternOfRoute(route);
    return {
      ...response,
      route: isRoute ? route : route.replace(pattern, () => this.#urls.hide(pattern, null)),
      url: this.#urls.hide(url, isRoute ? pattern : null),
      headers: hideHeaders(headers),
      resources: resources.map((each) => ({ ...each, url: this.#urls.hide(each.url, null) })),
    };
  }

  #hideAgent(agent: AgentArtifact): AgentArtifact {
    return { ...agent, processes: agent.processes.map((each) => this.#hideSnapshot(each)) };
  }

  #hideSnapshot(snapshot: AgentSnapshot): AgentSnapshot {
    return {
      ...snapshot,
      statements: snapshot.statements.map(hideStatement),
      traces: snapshot.traces.map((trace) => ({
        ...trace,
        url: this.#urls.hide(trace.url, patternOfRoute(trace.route)),
        spans: trace.spans.map((span) => this.#hideSpan(span)),
      })),
    };
  }

  /** The database's messages quote what it was sent: `invalid input syntax for type integer: "x"`. */
  #hideSpan(span: Span): Span {
    const { error, parameters, result } = span;
    return {
      ...span,
      ...(error === undefined ? {} : { error: error.replaceAll(/"[^"]*"/g, '"…"') }),
      ...(parameters === undefined ? {} : { parameters: this.#number(parameters) }),
      ...(result === undefined ? {} : { result: this.#number(result) }),
    };
  }

  /** Equal for equal digests. */
  #number(digest: number): number {
    const number = this.#digests.get(digest) ?? this.#digests.size + 1;
    this.#digests.set(digest, number);
    return number;
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

/**
 * Headers that say how a reply may be kept, coded and sent, all that audits read; those of a hundred
 * others carry cookies, tokens, places and names.
 */
const plainHeaders: ReadonlySet<string> = new Set([
  'accept-ranges',
  'age',
  'cache-control',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'date',
  'expires',
  'keep-alive',
  'pragma',
  'server',
  'transfer-encoding',
  'vary',
]);

function hideHeaders(headers: SampledResponse['headers']): SampledResponse['headers'] {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      plainHeaders.has(name.toLowerCase()) ? value : '…',
    ]),
  );
}

/** A script's errors tell what it was at: the kind of error and its line stay. */
function hideLoad(load: LoadArtifact): LoadArtifact {
  const { taskErrorSamples } = load.result;
  if (taskErrorSamples === undefined) return load;
  return {
    ...load,
    result: {
      ...load.result,
      taskErrorSamples: taskErrorSamples.map((sample) => ({
        ...sample,
        message: `${/^\w*Error(?=:)/.exec(sample.message)?.[0] ?? 'Error'}: …`,
      })),
    },
  };
}

function hideStatement(statement: StatementAggregate): StatementAggregate {
  return {
    ...statement,
    exampleText: shown(statement.exampleText, statement.text),
    exampleParameters: [],
  };
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
