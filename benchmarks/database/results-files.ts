import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Surroundings } from './surroundings.ts';

/** What one part of the benchmark leaves behind. */
interface PartResult {
  readonly surroundings: Surroundings;
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly figures: unknown;
}

const folder = fileURLToPath(new URL('results/', import.meta.url));

export function saveResult(part: string, result: PartResult): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}${part}.json`, `${JSON.stringify(result, null, 1)}\n`);
}

export function savedResult(part: string): PartResult | null {
  const path = `${folder}${part}.json`;
  if (!existsSync(path)) return null;
  return JSON.parse(readFileSync(path, 'utf8')) as PartResult;
}

/** Writes results.md of every part's last figures, whichever run they are from. */
export function saveReport(sections: readonly string[]): string {
  const text = `# Database advisor: results\n\n${sections.join('\n')}`;
  writeFileSync(`${folder}results.md`, text);
  return text;
}

export function provenance({ surroundings, configuration }: PartResult): string {
  const { date, machine, node, hypopg, loadBefore } = surroundings;
  const settings = Object.entries(configuration).map(([name, value]) => `${name} ${String(value)}`);
  return `*${date}, ${machine}. Node ${node}, HypoPG ${hypopg}. ${settings.join(', ')}. Load of the machine before: ${loadBefore.toFixed(1)}.*\n`;
}
