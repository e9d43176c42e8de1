#!/usr/bin/env node
// Starts the program that npm installed for this platform, and ends as it ends.
"use strict";

const { spawn } = require("node:child_process");

const name = `@packgate/cli-${process.platform}-${process.arch}`;

function fail(why) {
  process.stderr.write(`packgate: ${why}\n`);
  process.exit(2);
}

let program;
try {
  program = require.resolve(`${name}/packgate${process.platform === "win32" ? ".exe" : ""}`);
} catch {
  fail(
    `${name} is not installed: install without --omit=optional, or see https://github.com/packgate/packgate for platforms without a program`,
  );
}

// Before there is a program to pass them on to: none can come in between.
const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];
for (const signal of signals) {
  // On Windows the console tells both, and to send a signal would be to end the program on the spot.
  process.on(signal, () => process.platform === "win32" || child.kill(signal));
}

const child = spawn(program, process.argv.slice(2), { stdio: "inherit" });
child.on("error", (error) => fail(`cannot start ${program}: ${error.message}`));
child.on("exit", (status, signal) => {
  if (signal === null) process.exit(status);
  for (const handled of signals) process.removeAllListeners(handled);
  process.kill(process.pid, signal);
});
