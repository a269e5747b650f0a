#!/usr/bin/env node
// Plain JavaScript any Node can parse: the version is checked before anything newer is loaded.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `amdahl: expected Node 22.18 or newer; found ${process.versions.node}. ` +
      'Install a newer Node, or add the `node` package to your devDependencies and run it with npx.\n',
  );
  process.exitCode = 2;
} else {
  const { main } = await import('amdahl/cli');
  process.exitCode = await main(process.argv.slice(2));
}
