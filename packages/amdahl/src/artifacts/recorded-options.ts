import type { RunOptions } from '../run-options.ts';

/** The options of a run as its recording keeps them: passwords and values of the environment hidden. */
export type RecordedOptions = RunOptions;

const hidden = '***';

/** Hides what must not lie on disk. */
export function withoutSecrets(options: RunOptions): RecordedOptions {
  return {
    ...options,
    app: options.app === null ? null : withoutPasswords(options.app),
    url: withoutPasswords(options.url),
    database: options.database === null ? null : withoutPasswords(options.database),
    replicas: options.replicas.map(withoutPasswords),
    env: Object.fromEntries(Object.keys(options.env).map((name) => [name, hidden])),
  };
}

/** Hides passwords of URLs and of `password=…` pairs inside a text. */
export function withoutPasswords(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@/]*@/gi, `$1:${hidden}@`)
    .replace(/(password\s*=\s*)('[^']*'|"[^"]*"|[^\s&'"]+)/gi, `$1${hidden}`);
}
