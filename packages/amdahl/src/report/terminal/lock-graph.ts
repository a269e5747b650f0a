import type { LockGraphDetail } from '../../audits/detail.ts';
import { lockTree, originText, sessionsText, statementText, waitText } from '../lock-graph-text.ts';
import { printable, wrapped } from './lines.ts';
import type { Paint } from './paint.ts';

/** Statements longer than this are cut; the page has them whole. */
const mostStatement = 200;

/** Who waits for whom as an indented tree: those in the way on top, below each those who wait for it. */
export function lockGraphLines(
  detail: LockGraphDetail,
  paint: Paint,
  width: number,
): readonly string[] {
  return lockTree(detail).flatMap(({ depth, node, edge, again }) => {
    const branch = depth === 0 ? '' : `${'   '.repeat(depth - 1)}└─ `;
    const rest = ' '.repeat(depth * 3);
    const room = Math.max(20, width - rest.length);
    const waitColour = edge?.inCycle === true ? ('red' as const) : ('yellow' as const);
    const state = node.state === 'waits' ? [] : [node.state];
    const about = [...state, sessionsText(node), originText(node)].filter((part) => part !== null);
    const notes = [about.join(' · '), ...node.notes];
    const statement = statementText(node).slice(0, mostStatement);
    return [
      ...(edge === null ? [] : wrapped(`waits for ${waitText(edge)}`, room)).map((line) => ({
        text: line,
        format: waitColour,
      })),
      ...wrapped(
        again
          ? `${node.id}. again${edge?.inCycle === true ? ': the circle closes' : ''}`
          : `${node.id}. ${statement}`,
        room,
      ).map((line) => ({ text: line, format: 'bold' as const })),
      ...(again ? [] : notes.flatMap((note) => wrapped(note, room))).map((line) => ({
        text: line,
        format: 'dim' as const,
      })),
    ].map(
      ({ text, format }, index) =>
        `${index === 0 ? branch : rest}${paint(format, printable(text))}`,
    );
  });
}
