import { durationMs } from '@amdahl/metrics';
import type { LoadObjective, ObjectiveFigure } from './objective.ts';

const pattern =
  /^(?:(?<request>\S+ .+?)\s*:\s*)?(?<figure>p\d+(?:\.\d+)?|median|mean|max|errors|rate|checks)\s*(?<comparison>[<>])\s*(?<limit>[\d.]+\s*(?:[a-z%][\w.]*|\/s)?)(?:\s*,\s*acceptable\s*[<>]\s*(?<acceptable>[\d.]+\s*(?:[a-z%][\w.]*|\/s)?))?(?:\s+from\s+(?<from>\S+)\s+to\s+(?<to>\S+)|\s+during\s+(?<phase>\S+))?$/;

/**
 * Reads an objective such as `p95 < 200ms`, `errors < 1%`, `rate > 500/s`, `checks > 99%` or
 * `GET /orders: p99 < 1s`. A wider band may follow, `, acceptable < 500ms`, and last the part of
 * the run it is about: `from 30s to 1m` of the measured time, or `during spike`, a phase.
 * Undefined when the text is none.
 */
export function readObjective(text: string): LoadObjective | undefined {
  const match = pattern.exec(text.trim())?.groups;
  if (match === undefined) return undefined;
  const figure = readFigure(match['figure'] ?? '');
  const wantsMore = figure?.kind === 'rate' || figure?.kind === 'checks';
  if (figure === undefined || match['comparison'] !== (wantsMore ? '>' : '<')) return undefined;
  const limit = readLimit(figure, match['limit'] ?? '');
  if (limit === undefined) return undefined;
  const acceptableLimit =
    match['acceptable'] === undefined ? undefined : readLimit(figure, match['acceptable']);
  if (match['acceptable'] !== undefined) {
    if (acceptableLimit === undefined) return undefined;
    if (wantsMore ? acceptableLimit > limit : acceptableLimit < limit) return undefined;
  }
  const window = match['from'] === undefined ? undefined : readWindow(match['from'], match['to']);
  if (match['from'] !== undefined && window === undefined) return undefined;
  const { request, phase } = match;
  // Checks are counted over the whole run only.
  const partial = [request, window, phase].some((part) => part !== undefined);
  if (figure.kind === 'checks' && partial) return undefined;
  return {
    text: text.trim(),
    ...(request === undefined ? {} : { request }),
    figure,
    limit,
    ...(acceptableLimit === undefined ? {} : { acceptableLimit }),
    ...(window === undefined ? {} : { window }),
    ...(phase === undefined ? {} : { phase }),
  };
}

function readFigure(name: string): ObjectiveFigure | undefined {
  if (name === 'median') return { kind: 'percentile', percentile: 50 };
  if (name === 'mean' || name === 'max' || name === 'errors') return { kind: name };
  if (name === 'rate' || name === 'checks') return { kind: name };
  const percentile = Number(name.slice(1));
  return percentile > 0 && percentile < 100 ? { kind: 'percentile', percentile } : undefined;
}

function readLimit(figure: ObjectiveFigure, text: string): number | undefined {
  switch (figure.kind) {
    case 'errors':
    case 'checks': {
      const percent = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim());
      const share = Number(percent?.[1] ?? Number.NaN) / 100;
      return share <= 1 ? share : undefined;
    }
    case 'rate': {
      const rate = /^(\d+(?:\.\d+)?)\s*(?:\/s)?$/.exec(text.trim());
      return rate === null ? undefined : Number(rate[1]);
    }
    default: {
      const limitMs = readDuration(text.replace(/\s/g, ''));
      return limitMs !== undefined && limitMs > 0 ? limitMs : undefined;
    }
  }
}

function readWindow(from: string, to: string | undefined): LoadObjective['window'] {
  const fromMs = readDuration(from);
  const toMs = readDuration(to ?? '');
  return fromMs !== undefined && toMs !== undefined && fromMs < toMs ? { fromMs, toMs } : undefined;
}

function readDuration(text: string): number | undefined {
  try {
    // Zero needs no unit.
    return text === '0' ? 0 : durationMs(text);
  } catch {
    return undefined;
  }
}
