import { formatMs } from '@amdahl/metrics';
import { tiers, type RouteSummary, type Tier } from '../../artifacts/run-result.ts';
import { formatCount, formatShare } from '../../wording.ts';
import { columns, type Cell } from './lines.ts';
import { bandColours, tierMarks, type Paint } from './paint.ts';

const barWidth = 20;

interface RouteColumn {
  readonly label: string;
  readonly cell: (route: RouteSummary, paint: Paint) => Cell;
}

/** Columns by how readily they are done without when routes have long names, the first to go first. */
const sparable: readonly RouteColumn[] = [
  { label: 'rate', cell: (route) => ({ text: `${formatCount(route.ratePerSecond)}/s` }) },
  { label: 'p99', cell: (route) => ({ text: formatMs(route.p99Ms) }) },
  { label: 'requests', cell: (route) => ({ text: formatCount(route.count) }) },
];

const all: readonly RouteColumn[] = [
  sparable[2] as RouteColumn,
  sparable[0] as RouteColumn,
  { label: 'p50', cell: (route) => ({ text: formatMs(route.p50Ms) }) },
  {
    label: 'p95',
    cell: (route, paint) => ({
      text: formatMs(route.p95Ms),
      paint: (text) => paint(['bold', bandColours[route.band]], text),
    }),
  },
  sparable[1] as RouteColumn,
  {
    label: 'failed',
    cell: (route, paint) => ({
      text: formatShare(route.errorShare),
      paint: (text) => (route.errorShare > 0 ? paint('red', text) : text),
    }),
  },
];

/** The route table: times, band, and a bar of where the time goes. */
export function routeBlock(
  routes: readonly RouteSummary[],
  paint: Paint,
  width: number,
): readonly string[] {
  const hasTiers = routes.some((route) => route.timeByTier !== null);
  const shown = columnsThatFit(routes, hasTiers ? width - barWidth - 2 : width, paint);
  const lines = columns(
    [
      { label: 'route', flexible: true },
      ...shown.map(({ label }) => ({ label, align: 'right' }) as const),
      { label: 'p95 is' },
      ...(hasTiers ? [{ label: 'where the time goes' }] : []),
    ],
    routes.map((route) => [
      { text: route.route },
      ...shown.map((column) => column.cell(route, paint)),
      { text: route.band, paint: (text) => paint(bandColours[route.band], text) },
      ...(hasTiers ? [tierBar(route, paint)] : []),
    ]),
    width,
    (text) => paint('dim', text),
  );
  return hasTiers ? [...lines, '', legend(routes, paint)] : lines;
}

/** All columns, less those in the way of the longest route's name. */
function columnsThatFit(
  routes: readonly RouteSummary[],
  width: number,
  paint: Paint,
): readonly RouteColumn[] {
  const widthOf = ({ label, cell }: RouteColumn): number =>
    2 + Math.max(label.length, ...routes.map((route) => cell(route, paint).text.length));
  const bandWidth = 2 + Math.max(6, ...routes.map((route) => route.band.length));
  const names = Math.max(...routes.map((route) => route.route.length)) + bandWidth;
  const left = new Set(all);
  for (const column of sparable) {
    if ([...left].reduce((sum, each) => sum + widthOf(each), names) <= width) break;
    left.delete(column);
  }
  return [...left];
}

/** Shares of the mean, each tier a run of its mark; rounding never loses or adds a mark. */
function tierBar({ timeByTier }: RouteSummary, paint: Paint): Cell {
  if (timeByTier === null) return { text: 'not seen', paint: (text) => paint('dim', text) };
  const total = tiers.reduce((sum, tier) => sum + timeByTier[tier], 0);
  let passed = 0;
  let drawn = 0;
  const runs = tiers.map((tier) => {
    passed += timeByTier[tier];
    const until = total === 0 ? 0 : Math.round((passed / total) * barWidth);
    const run = mark(tier, paint).repeat(until - drawn);
    drawn = until;
    return { tier, run };
  });
  return {
    text: runs.map(({ run }) => run).join(''),
    paint: () => runs.map(({ tier, run }) => paint(tierMarks[tier].colour, run)).join(''),
  };
}

function legend(routes: readonly RouteSummary[], paint: Paint): string {
  const present = tiers.filter((tier) =>
    routes.some((route) => (route.timeByTier?.[tier] ?? 0) > 0),
  );
  return present
    .map((tier) => `${paint(tierMarks[tier].colour, mark(tier, paint))} ${tier}`)
    .join('   ');
}

/** A block where it has a colour, a letter where it has not. */
function mark(tier: Tier, paint: Paint): string {
  return paint('bold', 'x') === 'x' ? tierMarks[tier].letter : '█';
}
