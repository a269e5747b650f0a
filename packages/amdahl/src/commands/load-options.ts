import type { OptionDefinition } from './options.ts';

/** The options of `amdahl load` that no other command has. */
// oxlint-disable-next-line typescript/no-empty-interface -- filled below as options land
export interface LoadOptionTypes {}

/** Their part of the one options table. */
export const loadOptions: {
  readonly [Name in keyof LoadOptionTypes]: OptionDefinition<LoadOptionTypes[Name]>;
} = {};
