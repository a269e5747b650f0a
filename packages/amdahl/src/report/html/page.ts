import type { RunResult } from '../../artifacts/run-result.ts';
import { readScript, readStyles } from './assets.ts';
import { createContext } from './context.ts';
import { html, trusted, type Markup } from './markup.ts';
import { checklistSection } from './sections/checklist.ts';
import { findingsSection } from './sections/findings.ts';
import { headlineSection } from './sections/headline.ts';
import { masthead } from './sections/masthead.ts';
import { profileSection } from './sections/profile.ts';
import { routesSection } from './sections/routes.ts';
import { seriesSection } from './sections/series.ts';
import { setupSection } from './sections/setup.ts';
import { timeSection } from './sections/time.ts';
import { unmeasuredSection } from './sections/unmeasured.ts';

/** The whole page: one file that needs no other, from disk or from a server. */
export function page(result: RunResult): Markup {
  const context = createContext(result);
  const { target } = result.artifacts;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="generator" content="Amdahl ${result.amdahlVersion}" />
        <title>Amdahl · ${target.status === 'ok' ? target.value.url : result.recording}</title>
        <link rel="icon" href="data:," />
        <style>
          ${trusted(readStyles())}
        </style>
      </head>
      <body>
        <a class="skip" href="#report">Skip to the report</a>
        ${masthead(context)}
        <main id="report">
          ${headlineSection(context)} ${checklistSection(context)} ${routesSection(context)}
          ${timeSection(context)} ${findingsSection(context)} ${profileSection(context)}
          ${seriesSection(context)} ${unmeasuredSection(context)} ${setupSection(context)}
        </main>
        <footer class="foot">
          <p>
            Amdahl ${result.amdahlVersion}. If a part takes the share <i>p</i> of the time, making
            it cost nothing makes the whole at most 1/(1 − <i>p</i>) times as fast.
          </p>
        </footer>
        <script type="module">
          ${trusted(readScript('charts'))};
        </script>
        <script type="module">
          ${trusted(readScript('flame'))};
        </script>
      </body>
    </html> `;
}
