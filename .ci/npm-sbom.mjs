// Adds the npm packages that a jar contains to its SBOM: node npm-sbom.mjs BUNDLED FOLDER
// BUNDLED is a module's bundled.json; FOLDER has the bom.json and bom.xml that cyclonedx-maven-plugin wrote.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [bundled, folder] = process.argv.slice(2);
const packages = JSON.parse(readFileSync(bundled, "utf8")).map(({ name, version, licence }) => {
  const [group, short] = name.startsWith("@") ? name.split("/") : [undefined, name];
  return { group, name: short, version, licence, purl: `pkg:npm/${name.replace("@", "%40")}@${version}` };
});
const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
const line = (depth, text) => `${"  ".repeat(depth)}${text}\n`;

const jsonFile = join(folder, "bom.json");
const bom = JSON.parse(readFileSync(jsonFile, "utf8"));
const owner = bom.metadata.component["bom-ref"];
const own = (bom.dependencies ?? []).find((entry) => entry.ref === owner);
if (own === undefined) {
  throw new Error(`${jsonFile} has no dependencies of ${owner}`);
}
const has = (purl) => bom.components.some((component) => component["bom-ref"] === purl);
const added = packages.filter(({ purl }) => !has(purl));
for (const { group, name, version, licence, purl } of added) {
  bom.components.push({
    type: "library",
    "bom-ref": purl,
    ...(group === undefined ? {} : { group }),
    name,
    version,
    scope: "required",
    licenses: [{ license: { id: licence } }],
    purl,
  });
  own.dependsOn = [...(own.dependsOn ?? []), purl];
  bom.dependencies.push({ ref: purl, dependsOn: [] });
}
writeFileSync(jsonFile, JSON.stringify(bom, null, 2) + "\n");

// the XML form: the last list of components is that of the BOM (the first one is that of the tools)
const xmlFile = join(folder, "bom.xml");
let xml = readFileSync(xmlFile, "utf8");

function insert(before, text, from = 0) {
  const at = from < 0 ? xml.lastIndexOf(before) : xml.indexOf(before, from);
  if (at < 0) {
    throw new Error(`${xmlFile} has no ${before}`);
  }
  const start = xml.lastIndexOf("\n", at) + 1;
  xml = xml.slice(0, start) + text + xml.slice(start);
}

if (added.length > 0) {
  const component = ({ group, name, version, licence, purl }) =>
    line(2, `<component type="library" bom-ref="${escape(purl)}">`) +
    (group === undefined ? "" : line(3, `<group>${escape(group)}</group>`)) +
    line(3, `<name>${escape(name)}</name>`) +
    line(3, `<version>${escape(version)}</version>`) +
    line(3, "<scope>required</scope>") +
    line(3, "<licenses>") +
    line(4, "<license>") +
    line(5, `<id>${escape(licence)}</id>`) +
    line(4, "</license>") +
    line(3, "</licenses>") +
    line(3, `<purl>${escape(purl)}</purl>`) +
    line(2, "</component>");
  insert("</components>", added.map(component).join(""), -1);
  const ownEntry = xml.indexOf(`<dependency ref="${escape(owner)}">`);
  if (ownEntry < 0) {
    throw new Error(`${xmlFile} has no dependencies of ${owner}`);
  }
  insert("</dependency>", added.map(({ purl }) => line(3, `<dependency ref="${escape(purl)}"/>`)).join(""), xml.indexOf("\n", ownEntry));
  insert("</dependencies>", added.map(({ purl }) => line(2, `<dependency ref="${escape(purl)}"/>`)).join(""), -1);
  writeFileSync(xmlFile, xml);
}
