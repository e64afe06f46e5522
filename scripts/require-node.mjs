// Plain JavaScript, so that a Node too old for the TypeScript scripts still says what is missing, in one line.
const LEAST = 24;
const major = Number(process.versions.node.split(".")[0]);

if (!(major >= LEAST)) {
  process.stderr.write(
    `Octopool needs Node ${LEAST} or newer and this is Node ${process.versions.node}: run it through npm ` +
      `(npm ci brings a Node ${LEAST} on Linux), or install Node ${LEAST}.\n`,
  );
  process.exit(1);
}
