import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CodeFrame } from '@amdahl/agent/protocol';
import type { SourceExcerpt } from '../artifacts/run-result.ts';
import type { Detail } from '../audits/detail.ts';
import type { Finding } from '../audits/finding.ts';

/** Lines shown before and after the one a finding points at: a call within its function. */
const linesBefore = 5;
const linesAfter = 8;

/** Generated and minified code has lines no one wants to read whole. */
const longestLine = 300;

/** The key of a frame's excerpt. */
export function sourceKey(frame: CodeFrame): string {
  return `${frame.file}:${frame.line}`;
}

/** Every place in the user's code the findings point at, each once. */
export function framesOf(findings: readonly Finding[]): readonly CodeFrame[] {
  const frames = findings.flatMap((finding) => [
    ...(finding.where === null ? [] : [finding.where]),
    ...finding.evidence.flatMap(framesIn),
    ...(finding.remedy.change === null ? [] : framesIn(finding.remedy.change)),
  ]);
  return [...new Map(frames.map((frame) => [sourceKey(frame), frame])).values()];
}

function framesIn(detail: Detail): readonly CodeFrame[] {
  return detail.kind === 'code' ? [detail.frame] : [];
}

/**
 * The lines around each frame, by `file:line`. A file that cannot be read is left out: the app may
 * have run elsewhere, or from bundled code.
 *
 * @param directory what relative file names are relative to
 */
export async function readSources(
  frames: readonly CodeFrame[],
  directory: string,
): Promise<Readonly<Record<string, SourceExcerpt>>> {
  const excerpts: Record<string, SourceExcerpt> = {};
  for (const frame of frames) {
    const excerpt = await readExcerpt(frame, directory);
    if (excerpt !== null) excerpts[sourceKey(frame)] = excerpt;
  }
  return excerpts;
}

async function readExcerpt(frame: CodeFrame, directory: string): Promise<SourceExcerpt | null> {
  let text: string;
  try {
    text = await readFile(resolve(directory, frame.file), 'utf8');
  } catch {
    return null;
  }
  const lines = text.split(/\r?\n/);
  if (frame.line < 1 || frame.line > lines.length) return null;
  const firstLine = Math.max(1, frame.line - linesBefore);
  return {
    file: frame.file,
    firstLine,
    lines: lines
      .slice(firstLine - 1, frame.line + linesAfter)
      .map((line) => line.slice(0, longestLine)),
  };
}
