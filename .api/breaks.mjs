// Reads japicmp's reports of the given modules and prints the breaks in exported packages that are not accepted.
import { existsSync, readFileSync } from "node:fs";

const accepted = new Set(
  readFileSync(".api/accepted-breaks", "utf8").split("\n").map((line) => line.trim()).filter((line) => line && !line.startsWith("#")),
);
const attribute = (text, name) => new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1] ?? "";
const found = new Set();
let compared = 0;

for (const module of process.argv.slice(2)) {
  const report = `${module}/target/japicmp/api.xml`;
  if (!existsSync(report)) {
    console.log(`api-check: ${module} is new`);
    continue;
  }
  compared++;
  const info = `${module}/src/main/java/module-info.java`;
  const exported = existsSync(info)
    ? [...readFileSync(info, "utf8").matchAll(/^\s*exports\s+([\w.]+)\s*;/gm)].map((match) => match[1])
    : null;
  let type = "";
  let owner = [];
  let parameters = [];
  for (const [, close, tag, rest] of readFileSync(report, "utf8").matchAll(/<(\/?)([\w]+)((?:\s[^<>]*?)?)\/?>/g)) {
    if (tag === "class" && !close && attribute(rest, "fullyQualifiedName")) {
      type = attribute(rest, "fullyQualifiedName");
      owner = [];
    } else if (["method", "constructor", "field"].includes(tag)) {
      owner = close ? [] : [attribute(rest, "name"), tag];
      parameters = [];
    } else if (tag === "parameter" && !close && owner.length > 0) {
      parameters.push(attribute(rest, "type"));
    } else if (tag === "compatibilityChange" && !close) {
      const harmless = attribute(rest, "binaryCompatible") !== "false" && attribute(rest, "sourceCompatible") !== "false";
      const inPackage = exported === null || exported.includes(type.slice(0, type.lastIndexOf(".")));
      if (!harmless && inPackage) {
        const member = owner.length === 0 ? "" : `#${owner[0]}${owner[1] === "field" ? "" : `(${parameters.join(", ")})`}`;
        found.add(`${type}${member} ${attribute(rest, "type")}`);
      }
    }
  }
}

const open = [...found].filter((line) => !accepted.has(line)).sort();
open.forEach((line) => console.log(line));
[...accepted].filter((line) => !found.has(line)).forEach((line) => console.log(`accepted, but no longer a break: ${line}`));
if (compared === 0) {
  console.log("api-check: nothing was compared");
}
console.log(`api-check: ${found.size} breaks, ${open.length} of them not accepted`);
process.exit(open.length === 0 && compared > 0 ? 0 : 1);
