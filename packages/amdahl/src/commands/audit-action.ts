import { resolve } from 'node:path';
import type { ExitCode } from '@amdahl/metrics';
import type { AuditOutcome } from '../audits/audit.ts';
import { analyse } from '../report/analyse.ts';
import type { Invocation } from './command.ts';
import { styled } from './progress-view.ts';
import { exitCodeOf } from './show-result.ts';

/** Runs the audits on a recording and lists how each one ended. */
export async function auditAction(invocation: Invocation): Promise<ExitCode> {
  const { stdout, cwd } = invocation.terminal;
  const [directory] = invocation.arguments;
  const result = await analyse(resolve(cwd, directory as string));
  stdout.write(
    invocation.options.json === true
      ? `${JSON.stringify(result.outcomes, null, 2)}\n`
      : result.outcomes.map((outcome) => `${describe(outcome, stdout)}\n`).join(''),
  );
  return exitCodeOf(result);
}

function describe(outcome: AuditOutcome, stream: NodeJS.WriteStream): string {
  const name = `${styled('bold', outcome.audit, stream)} · ${outcome.title}`;
  if (outcome.status === 'passed') return `${styled('green', '✔', stream)} ${name}`;
  if (outcome.status === 'unmeasured') {
    return `${styled('dim', '?', stream)} ${name}\n    not measured: ${outcome.reason}`;
  }
  const titles = outcome.findings.map(({ title }) => `\n    ${title}`);
  return `${styled('red', '✖', stream)} ${name}${titles.join('')}`;
}
