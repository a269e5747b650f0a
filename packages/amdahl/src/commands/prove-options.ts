import * as kinds from '../config/value-kinds.ts';
import type { OptionDefinition } from './options.ts';

/** The options of `amdahl prove` that no other command has. */
export interface ProveOptionTypes {
  a: string;
  b: string;
  aUrl: string;
  bUrl: string;
  aEnv: Readonly<Record<string, string>>;
  bEnv: Readonly<Record<string, string>>;
  rounds: number;
  margin: number;
  route: string;
  visit: readonly string[];
  recording: string;
  finding: string;
}

/** Their part of the one options table. */
export const proveOptions: {
  readonly [Name in keyof ProveOptionTypes]: OptionDefinition<ProveOptionTypes[Name]>;
} = {
  a: {
    flag: '--a',
    argument: '<command>',
    description: 'command that starts A, afresh for each slice',
    kind: kinds.text,
    default: null,
    variable: null,
  },
  b: {
    flag: '--b',
    argument: '<command>',
    description: 'command that starts B at the same URL',
    kind: kinds.text,
    default: null,
    variable: null,
  },
  aUrl: {
    flag: '--a-url',
    argument: '<url>',
    description: 'where A already runs',
    kind: kinds.httpUrl,
    default: null,
    variable: null,
  },
  bUrl: {
    flag: '--b-url',
    argument: '<url>',
    description: 'where B already runs',
    kind: kinds.httpUrl,
    default: null,
    variable: null,
  },
  aEnv: {
    flag: '--a-env',
    argument: '<NAME=value>',
    repeatable: true,
    description: 'environment variable for A only',
    kind: kinds.environment,
    default: null,
    variable: null,
  },
  bEnv: {
    flag: '--b-env',
    argument: '<NAME=value>',
    repeatable: true,
    description: 'environment variable for B only',
    kind: kinds.environment,
    default: null,
    variable: null,
  },
  rounds: {
    flag: '--rounds',
    argument: '<count>',
    description: 'slices of each side; six are the least that can be answered',
    kind: kinds.count,
    default: '8',
    variable: null,
  },
  margin: {
    flag: '--margin',
    argument: '<share>',
    description: 'how far apart response times may be and still count as the same',
    kind: kinds.share,
    default: '5%',
    variable: null,
  },
  route: {
    flag: '--route',
    argument: '<name>',
    description: "answer for one route, 'GET /orders/:id', instead of the whole load",
    kind: kinds.text,
    default: null,
    variable: null,
  },
  visit: {
    flag: '--visit',
    argument: '<path>',
    repeatable: true,
    description: 'path to GET, where there is no script',
    kind: kinds.paths,
    default: null,
    variable: null,
  },
  recording: {
    flag: '--recording',
    argument: '<folder>',
    description: 'recording whose prediction is shown beside the proof; with --finding',
    kind: kinds.text,
    default: null,
    variable: null,
  },
  finding: {
    flag: '--finding',
    argument: '<id>',
    description: 'finding of that recording whose fix B is',
    kind: kinds.text,
    default: null,
    variable: null,
  },
};
