import type { RunResult } from '../../artifacts/run-result.ts';
import { createContext } from './context.ts';
import { htmlDocument } from './document.ts';
import { html, type Markup } from './markup.ts';
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

/** The whole page of a run. */
export function page(result: RunResult): Markup {
  const context = createContext(result);
  const { target } = result.artifacts;
  return htmlDocument({
    title: target.status === 'ok' ? target.value.url : result.recording,
    amdahlVersion: result.amdahlVersion,
    masthead: masthead(context),
    skip: 'Skip to the report',
    main: [
      headlineSection(context),
      checklistSection(context),
      routesSection(context),
      timeSection(context),
      findingsSection(context),
      profileSection(context),
      seriesSection(context),
      unmeasuredSection(context),
      setupSection(context),
    ],
    foot: html`If a part takes the share <i>p</i> of the time, making it cost nothing makes the
      whole at most 1/(1 − <i>p</i>) times as fast.`,
    scripts: ['charts', 'flame'],
  });
}
