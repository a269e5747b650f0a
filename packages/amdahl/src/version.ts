import { readFileSync } from 'node:fs';

/** Version of this package, as recordings and reports state it. */
export const amdahlVersion: string = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  }
).version;
