/** Builds nothing, publishes nothing: runs publint over each package as it would be published. */
import { readdir } from 'node:fs/promises';
import { formatMessage } from 'publint/utils';
import { publint } from 'publint';

const packagesDirectory = new URL('../packages/', import.meta.url);
let problems = 0;
for (const name of await readdir(packagesDirectory)) {
  const pkgDir = new URL(`${name}/`, packagesDirectory).pathname;
  const { messages, pkg } = await publint({ pkgDir, strict: true });
  for (const message of messages) {
    problems += 1;
    process.stdout.write(
      `${name}: ${formatMessage(message, pkg, { color: false }) ?? message.code}\n`,
    );
  }
}
if (problems > 0) process.exitCode = 1;
