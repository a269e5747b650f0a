import { formatMs } from '@amdahl/metrics';
import { bandOf, objectiveFor } from '../../predict/objectives.ts';
import { routeTimes } from '../../predict/route-times.ts';
import { counted, formatShare, listed } from '../../wording.ts';
import { defineAudit, NotMeasured, type Audit } from '../audit.ts';
import { findingId } from '../finding-id.ts';

/**
 * What it finds is a symptom: it is shown in the checklist and the route table, and never ranked
 * among the causes.
 */
export const routeObjective: Audit = defineAudit({
  id: 'route-objective',
  step: 'measure',
  title: 'Objectives by route',
  description:
    'A route whose 95th percentile, or whose share of failures, is beyond what its objective ' +
    'accepts. The causes are in the findings of the other steps.',
  needs: ['load'],
  audit: ({ load }, { objectives }) => {
    const routes = routeTimes(load.result).filter((times) => times.count > 0);
    if (routes.length === 0) throw new NotMeasured('no request was answered');
    const missed = routes
      .map((times) => {
        const objective = objectiveFor(objectives, times.route);
        const band = bandOf(objective, times.p95Ms);
        return { times, objective, band, fails: times.errorShare > objectives.errorShare };
      })
      .filter(({ band, fails }) => band === 'poor' || fails);
    if (missed.length === 0) return [];
    const names = missed.map(({ times }) => times.route);
    return [
      {
        id: findingId('route-objective'),
        audit: 'route-objective',
        step: 'measure',
        title: `${missed.length} of ${counted(routes.length, 'route')} miss the objective: ${listed(names)}`,
        where: null,
        routes: names.map((route) => ({ route, share: 1 })),
        evidence: [
          {
            kind: 'table',
            title: 'Routes beyond their objective',
            columns: [
              { label: 'Route', unit: 'none' },
              { label: 'p95', unit: 'ms' },
              { label: 'Accepted', unit: 'ms' },
              { label: 'Failed', unit: 'share' },
            ],
            rows: missed.map(({ times, objective }) => [
              times.route,
              times.p95Ms,
              objective.acceptableMs,
              times.errorShare,
            ]),
          },
        ],
        remedy: {
          title: 'Take the findings that touch these routes, from the top',
          risk: 'low',
          actions: missed.map(({ times, objective, fails }) =>
            fails
              ? `${times.route}: ${formatShare(times.errorShare)} of its requests failed; look at these first, a failed request is no fast request.`
              : `${times.route}: p95 is ${formatMs(times.p95Ms)}, accepted are ${formatMs(objective.acceptableMs)}.`,
          ),
          change: null,
          rollback: 'Nothing is changed.',
        },
        prediction: {
          method: 'none',
          explanation:
            'A missed objective is a symptom; what a fix buys is predicted at its cause.',
          gains: [],
        },
      },
    ];
  },
});
