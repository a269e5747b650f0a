import { durationMs, formatMs } from '@amdahl/metrics';
import type { LoadProfile } from '@amdahl/load';
import { counted, formatCount } from '../../../wording.ts';
import { isVoid, verdictText } from '../../overview.ts';
import { factsLine, moment } from '../blocks.ts';
import type { PageContext } from '../context.ts';
import { html, type Markup } from '../markup.ts';

/** What was measured, how, and whether it can be believed. */
export function masthead({ result }: PageContext): Markup {
  const { target, load } = result.artifacts;
  const kind = result.verdict?.kind ?? 'void';
  const facts = [
    moment(result.recordedAt),
    load.status === 'ok' ? profileText(load.value.result.profile) : null,
    isVoid(result) ? null : requestText(result),
  ].filter((fact) => fact !== null);
  const reasons = result.verdict?.reasons ?? [];
  return html`<h1>${target.status === 'ok' ? target.value.url : result.recording}</h1>
    ${factsLine(facts)}
    <p class="verdict ${kind}"><strong>${kind}</strong> ${verdictText(result)}</p>
    ${reasons.map((reason) => html`<p class="reason">${reason.message} <span>${reason.next}</span></p>`)}
    ${result.interrupted && html`<p class="reason">The run was cut short. What follows is what was measured until then.</p>`}`;
}

export function profileText(profile: LoadProfile): string {
  if (profile.model === 'closed') {
    return `${counted(profile.users, 'user')} for ${formatMs(durationMs(profile.duration))}`;
  }
  return profile.arrivals
    .map(({ fromPerSecond, toPerSecond, duration }) => {
      const rate =
        fromPerSecond === toPerSecond
          ? `${formatCount(toPerSecond)}/s`
          : `${formatCount(fromPerSecond)} to ${formatCount(toPerSecond)}/s`;
      return `${rate} for ${formatMs(durationMs(duration))}`;
    })
    .join(', then ');
}

function requestText({ routes }: PageContext['result']): string {
  const count = routes.reduce((sum, route) => sum + route.count, 0);
  const rate = routes.reduce((sum, route) => sum + route.ratePerSecond, 0);
  return `${counted(count, 'request')}, ${formatCount(rate)} a second`;
}
