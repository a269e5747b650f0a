import type { RunResult } from '../artifacts/run-result.ts';

/**
 * The result as `--json` prints it: everything but the artifacts, which lie in the recording as
 * JSON files of their own. Its shape is that of `resultSchemaVersion`.
 */
export function toJson(result: RunResult): string {
  const { artifacts: _inTheRecording, ...shown } = result;
  return JSON.stringify(shown, null, 2);
}
