import type { PageContext } from '../context.ts';
import { flameMarkup } from '../details/flame.ts';
import { html, type Markup } from '../markup.ts';

/** The CPU profile of each process, unless a finding shows it already. */
export function profileSection(context: PageContext): Markup {
  const { cpuProfile } = context.result.artifacts;
  if (cpuProfile.status !== 'ok') return html``;
  const shown = context.result.findings.some((finding) =>
    finding.evidence.some((detail) => detail.kind === 'flame'),
  );
  const busiest = cpuProfile.value.profiles[0];
  if (shown || busiest === undefined) return html``;
  return html`<section id="cpu" aria-labelledby="cpu-title">
    <div class="wide">
      <h2 id="cpu-title">Where the CPU time goes</h2>
      ${flameMarkup({ kind: 'flame', title: `Process ${busiest.pid}`, profile: busiest.profile }, context)}
    </div>
  </section>`;
}
