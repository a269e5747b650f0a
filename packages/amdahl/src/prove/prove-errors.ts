import { defineErrors, exitCodes, type ErrorTable } from '@amdahl/metrics';

export type ProveErrorCode =
  | 'AMDAHL_PROVE_SIDES_UNCLEAR'
  | 'AMDAHL_PROVE_BAD_OPTION'
  | 'AMDAHL_PROVE_UNKNOWN_FINDING'
  | 'AMDAHL_PROVE_UNKNOWN_ROUTE'
  | 'AMDAHL_PROVE_NOT_WRITTEN';

/** Error codes of A/B experiments. */
export const proveErrors: ErrorTable<ProveErrorCode> = defineErrors({
  AMDAHL_PROVE_SIDES_UNCLEAR: {
    when: 'The options of `amdahl prove` name no A and B, only one of them, or two ways at once.',
    exitCode: exitCodes.usage,
  },
  AMDAHL_PROVE_BAD_OPTION: {
    when: 'A number of rounds, a margin or an environment assignment cannot be used.',
    exitCode: exitCodes.usage,
  },
  AMDAHL_PROVE_UNKNOWN_FINDING: {
    when: '`--finding` names a finding the recording does not hold.',
    exitCode: exitCodes.usage,
  },
  AMDAHL_PROVE_UNKNOWN_ROUTE: {
    when: '`--route` names a route no slice has visited.',
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_PROVE_NOT_WRITTEN: {
    when: 'The proof cannot be written: the folder is not empty, not writable, or the disk is full.',
    exitCode: exitCodes.couldNotMeasure,
  },
});
