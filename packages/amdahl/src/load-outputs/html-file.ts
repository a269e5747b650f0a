import { renderLoadHtml } from './html/load-page.ts';
import type { LoadOutput } from './load-output.ts';
import type { TextFile } from './text-file.ts';

/** The run as one HTML page. */
export function htmlFile(file: TextFile): LoadOutput {
  return {
    end: async (run) => {
      if (run !== undefined) file.line(renderLoadHtml(run));
      await file.end();
    },
  };
}
