// Sums up all test reports below the current folder. Argument: 1 if the build itself failed.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const broken = process.argv[2] === '1';
let passed = 0;
let failed = 0;
const skipped = [];
const failures = [];
const again = [];

const unescape = (text) =>
  text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&apos;/g, "'")
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code))).replace(/&amp;/g, '&');
const firstWords = (text) => text.replace(/\s+/g, ' ').trim().slice(0, 200);
const attribute = (text, name) => {
  const match = new RegExp(`\\s${name}="([^"]*)"`).exec(text);
  return match ? unescape(match[1]) : '';
};

function read(file, run) {
  // output is CDATA with any content: remove it first, except for the reason of a skipped test, which may be nowhere else
  const xml = readFileSync(file, 'utf8')
    .replace(
      /<skipped type="[^"]*"><!\[CDATA\[[\w.$]+: ([^\n]*)/g,
      (all, reason) => `<skipped message="${reason.replaceAll('"', "'").replaceAll('>', '&gt;')}"><![CDATA[`,
    )
    .replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, '');
  for (const match of xml.matchAll(/<testcase\b((?:[^>"]|"[^"]*")*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g)) {
    const [, head, body = ''] = match;
    const name = `${run}${attribute(head, 'classname')}: ${attribute(head, 'name')}`;
    const skip = /<skipped\b((?:[^>"]|"[^"]*")*?)\/?>/.exec(body);
    const fail = /<(?:failure|error)\b((?:[^>"]|"[^"]*")*?)\/?>/.exec(body);
    if (skip) {
      skipped.push(`${name}: ${attribute(skip[1], 'message') || 'no reason given'}`);
    } else if (fail) {
      failed++;
      failures.push(`${name}: ${firstWords(attribute(fail[1], 'message'))}`);
    } else {
      passed++;
      const first = /<flaky(?:Failure|Error)\b((?:[^>"]|"[^"]*")*?)\/?>/.exec(body);
      if (first) again.push(`${name}: ${firstWords(attribute(first[1], 'message'))}`);
    }
  }
}

function walk(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name === 'node_modules' || entry.name === '.git' || entry.name === 'src') continue;
    const path = join(folder, entry.name);
    if (/^surefire-reports/.test(entry.name)) {
      const run = entry.name === 'surefire-reports' ? '' : '[second JDK] ';
      for (const file of readdirSync(path)) if (/^TEST-.*\.xml$/.test(file)) read(join(path, file), run);
    } else {
      walk(path);
    }
  }
}

walk('.');
for (const line of skipped) console.log(`skipped: ${line}`);
for (const line of again) console.log(`passed only in its second run: ${line}`);
for (const line of failures) console.log(`FAILED: ${line}`);
if (broken) {
  console.log('FAILED: the build (see above: compiler, formatter, packages, or a test process that died)');
  failed++;
}
if (passed === 0 && failed === 0) {
  console.log('FAILED: no test ran');
  failed = 1;
}
console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
process.exit(failed === 0 ? 0 : 1);
