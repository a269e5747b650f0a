import { isAmdahlError, type AmdahlError } from '@amdahl/metrics';
import { workbenchErrors } from '../workbench-errors.ts';
import { styled } from './progress-view.ts';

/** Writes a coded error for people: what was expected, what was found, the next step. */
export function showError(error: AmdahlError, stream: NodeJS.WriteStream): void {
  const label = (text: string): string => styled('dim', text.padEnd(9), stream);
  stream.write(
    [
      `${styled('red', '✖', stream)} ${styled('bold', error.code, stream)}`,
      `  ${label('expected')} ${error.expected}`,
      `  ${label('found')} ${error.found}`,
      `  ${label('next')} ${error.next}`,
      '',
    ].join('\n'),
  );
}

/** A coded error as it is; anything else as the defect it is. */
export function codedError(error: unknown): AmdahlError {
  if (isAmdahlError(error)) return error;
  return workbenchErrors.create('AMDAHL_CLI_UNEXPECTED', {
    expected: 'no error but coded ones',
    found: error instanceof Error ? (error.stack ?? error.message) : String(error),
    next: 'Please report it with this text.',
    cause: error,
  });
}
