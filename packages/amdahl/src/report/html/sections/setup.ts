import { formatMs, mergeHistograms } from '@amdahl/metrics';
import { busiestProcess } from '../../../predict/time-budget.ts';
import { counted, formatBytes, formatShare } from '../../../wording.ts';
import type { PageContext } from '../context.ts';
import { html, type Content, type Markup } from '../markup.ts';
import { profileText } from './masthead.ts';

type Row = readonly [label: string, value: Content];

/** Machine, configuration, and what the instruments cost. */
export function setupSection(context: PageContext): Markup {
  const rows = [
    ...targetRows(context),
    ...loadRows(context),
    ...agentRows(context),
    ...labRows(context),
    ...lockRows(context),
    ['Recording', html`<code>${context.result.recording}</code>`] as const,
  ];
  return html`<section id="setup" aria-labelledby="setup-title">
    <div class="wide">
      <h2 id="setup-title">Machine and configuration</h2>
      <dl class="pairs">
        ${rows.map(
          ([label, value]) =>
            html`<div>
              <dt>${label}</dt>
              <dd>${value}</dd>
            </div>`,
        )}
      </dl>
    </div>
  </section>`;
}

function targetRows({ result }: PageContext): readonly Row[] {
  const { target } = result.artifacts;
  if (target.status !== 'ok') return [];
  const { machine, command, cwd, readyAfterMs, database } = target.value;
  return [
    [
      'Command',
      command === null ? 'none: the service was running already' : html`<code>${command}</code>`,
    ],
    ['Folder', html`<code>${cwd}</code>`],
    ...(readyAfterMs === null ? [] : [['Ready after', formatMs(readyAfterMs)] as const]),
    [
      'Machine',
      `${machine.cpuModel}, ${counted(machine.cpuCount, 'processor')}, ${formatBytes(machine.memoryBytes)}, ${machine.platform}`,
    ],
    ['Node', machine.nodeVersion],
    ['Database', database === null ? 'none given' : `${database.name}, ${database.version}`],
  ];
}

function loadRows({ result }: PageContext): readonly Row[] {
  const { load, routes } = result.artifacts;
  if (load.status !== 'ok') return [];
  const { profile, seed, generator } = load.value.result;
  const script = routes.status === 'ok' ? routes.value.script : null;
  return [
    ['Load', `${profileText(profile)}, ${profile.model} model, seed ${seed}`],
    ...(script === null ? [] : [['Script', html`<code>${script}</code>`] as const]),
    [
      'Generator',
      `${counted(generator.workers, 'worker')}, ${formatShare(generator.busiestWorkerCpuShare)} of a core, ` +
        `lag p99 ${formatMs(mergeHistograms([generator.lag]).valueAtPercentile(99) / 1_000)}`,
    ],
  ];
}

function agentRows({ result }: PageContext): readonly Row[] {
  const { agent } = result.artifacts;
  if (agent.status !== 'ok') return [];
  const process = busiestProcess(agent.value);
  if (process === null) return [];
  const dropped = Object.entries(process.dropped).filter(([, count]) => count > 0);
  const watched = Object.entries(process.process.watched).map(
    ([name, version]) => `${name} ${version}`,
  );
  const costShare = process.windowMs > 0 ? process.ownCpuUs / 1_000 / process.windowMs : 0;
  return [
    [
      'Agent',
      `in ${counted(agent.value.processes.length, 'process', 'processes')}, watching ${watched.join(', ') || 'no library it knows'}; ` +
        `its own work took ${formatShare(costShare)} of a core`,
    ],
    ...(dropped.length === 0
      ? []
      : [
          [
            'Left out by the agent',
            dropped.map(([kind, count]) => `${count} ${kind}`).join(', '),
          ] as const,
        ]),
  ];
}

function labRows({ result }: PageContext): readonly Row[] {
  const { experiments } = result.artifacts;
  if (experiments.status !== 'ok') return [];
  const { same, compared } = experiments.value.fidelity;
  return [
    [
      'Database lab',
      html`plans ${same} of ${counted(compared, 'statement')} just as the database
      does${experiments.value.warnings.map((warning) => html`<br /><span class="quiet">${warning}</span>`)}`,
    ],
  ];
}

function lockRows({ result }: PageContext): readonly Row[] {
  const { locks } = result.artifacts;
  if (locks.status !== 'ok') return [];
  const { samples, intervalMs, events, warnings } = locks.value;
  const logged = events.filter((event) => event.kind !== 'deadlock' || event.source === 'log');
  const sources = [
    ...(samples === 0
      ? []
      : [`looked at ${counted(samples, 'time')}, every ${formatMs(intervalMs)}`]),
    ...(logged.length === 0 ? [] : [`the log told of ${counted(logged.length, 'wait')}`]),
  ];
  return [
    [
      'Locks',
      html`${sources.join('; ')}${warnings.map((warning) => html`<br /><span class="quiet">${warning}</span>`)}`,
    ],
  ];
}
