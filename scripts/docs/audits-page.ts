import { audits } from '../../packages/amdahl/src/audits/audits.ts';
import { steps, type Step } from '../../packages/amdahl/src/audits/finding.ts';
import { table } from './markdown.ts';

const stepTitles: Readonly<Record<Step, string>> = {
  measure: '1. Measure',
  cache: '2. Cache',
  queries: '3. Queries',
  async: '4. Async',
  'front-end': '5. Front end',
  scale: '6. Scale',
};

/** Every audit by step of the checklist. */
export function auditsPage(): string {
  const sections = steps.flatMap((step) => {
    const rows = audits
      .filter((audit) => audit.step === step)
      .map((audit) => [
        `\`${audit.id}\``,
        audit.description,
        audit.needs.map((name) => `\`${name}\``).join(', '),
      ]);
    return rows.length === 0
      ? []
      : ['', `## ${stepTitles[step]}`, '', table(['Audit', 'What it finds', 'Needs'], rows)];
  });
  return [
    '# Audits',
    '',
    'Generated from the audits by `npm run docs`. An audit whose evidence is missing answers "could not be measured" and says why.',
    ...sections,
    '',
  ].join('\n');
}
