import * as kinds from '../config/value-kinds.ts';
import type { OptionDefinition } from './options.ts';

/** The options of commands that ask the database for plans. */
export interface SqlExplainOptionTypes {
  analyze: boolean;
  param: readonly string[];
  timeout: number;
}

/** Their part of the one options table. */
export const sqlExplainOptions: {
  readonly [Name in keyof SqlExplainOptionTypes]: OptionDefinition<SqlExplainOptionTypes[Name]>;
} = {
  analyze: {
    flag: '--analyze',
    argument: null,
    description:
      'execute each SELECT once, in a read-only transaction that is rolled back, to see what its plan really does',
    kind: kinds.flag,
    default: null,
    variable: 'AMDAHL_ANALYZE',
  },
  param: {
    flag: '--param',
    argument: '<value>',
    repeatable: true,
    description: 'value of $1, then of $2 and so on; null for NULL',
    kind: kinds.texts,
    default: null,
    variable: null,
  },
  timeout: {
    flag: '--timeout',
    argument: '<duration>',
    description: 'how long the statement may run with --analyze',
    kind: kinds.duration,
    default: '15s',
    variable: null,
  },
};
