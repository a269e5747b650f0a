import {
  describeShape,
  runShape,
  type LoadLevel,
  type LoadOptions,
  type ShapeOptions,
} from '@amdahl/load';
import { formatMs } from '@amdahl/metrics';
import type { LoadRun } from '../load-outputs/load-run.ts';
import { readVariables, type LoadCommandOptions } from '../resolve-options.ts';
import { formatCount, formatShare } from '../wording.ts';
import { workbenchErrors } from '../workbench-errors.ts';
import type { Invocation } from './command.ts';
import type { ProgressView } from './progress-view.ts';

/**
 * How to run the shape that was asked for, if one was; what it is about to do has been said then.
 *
 * @throws `AMDAHL_CLI_BAD_USAGE` when its load cannot be told
 */
export function loadShape(
  { options: flags, terminal }: Invocation,
  options: LoadCommandOptions,
  view: ProgressView,
): ((load: LoadOptions) => Promise<LoadRun>) | undefined {
  const { shape } = flags;
  if (shape === undefined) return undefined;
  const { duration, warmup, users, rate } = { ...readVariables(terminal.environment), ...flags };
  const rateIsGiven = rate !== undefined || options.profile.model === 'open';
  const isSearch = shape === 'breakpoint';
  if (isSearch && users !== undefined) {
    throw workbenchErrors.create('AMDAHL_CLI_BAD_USAGE', {
      expected: 'a rate to start the search with',
      found: `--users ${users}`,
      next: 'Give --rate, or leave both out to start with 10 tasks a second.',
    });
  }
  const shapeOptions = (load: LoadOptions): ShapeOptions => ({
    ...load,
    shape,
    normal: isSearch && !rateIsGiven ? undefined : levelOf(options.profile),
    ...(duration === undefined ? {} : { durationMs: duration }),
    ...(warmup === undefined ? {} : { warmupMs: warmup }),
    onProbe: ({ ratePerSecond, answer, p95Ms, errorShare, because }) => {
      const figures = `p95 ${formatMs(p95Ms)}, ${formatShare(errorShare)} failed`;
      const reason = because === undefined ? '' : `: ${because}`;
      view.note(`${formatCount(ratePerSecond)}/s ${answer} (${figures})${reason}`);
    },
  });
  return async (load) => {
    const complete = shapeOptions(load);
    view.note(describeShape(complete));
    return runShape(complete);
  };
}

/** The ordinary load that a profile holds. */
function levelOf(profile: LoadOptions['profile']): LoadLevel {
  if (profile.model === 'closed') return { model: 'closed', users: profile.users };
  const [stage, ...others] = profile.arrivals;
  if (stage !== undefined && others.length === 0 && stage.fromPerSecond === stage.toPerSecond) {
    return { model: 'open', ratePerSecond: stage.fromPerSecond };
  }
  throw workbenchErrors.create('AMDAHL_CLI_BAD_USAGE', {
    expected: 'one ordinary load for the shape',
    found: `${profile.arrivals.length} stages in the configuration file`,
    next: 'Give --users or --rate.',
  });
}
