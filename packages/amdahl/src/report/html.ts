import type { RunResult } from '../artifacts/run-result.ts';
import { page } from './html/page.ts';

/** The report as one self-contained HTML file: no network, dark and light, from 390 pixels wide. */
export function renderHtml(result: RunResult): string {
  return page(result).text;
}
