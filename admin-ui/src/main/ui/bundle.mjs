// Copies the page of the npm package into the classes of this module, with its fonts and icons from packages of their own, so that it
// loads nothing from elsewhere. Texts are stored compressed. Does nothing when that was done before for the same versions.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
const wanted = JSON.parse(readFileSync(join(here, "package.json"), "utf8")).dependencies;
const own = createHash("sha256").update(readFileSync(fileURLToPath(import.meta.url))).digest("hex").slice(0, 16);
const stamp = join(out, "version.properties");
const stampText =
  Object.entries(wanted)
    .map(([name, version]) => `${name.replace(/^@/, "").replace("/", ".")}=${version}\n`)
    .join("") + `bundle=${own}\n`;
const modules = join(here, "node_modules");

const installed = ([name, version]) => {
  const file = join(modules, name, "package.json");
  return existsSync(file) && JSON.parse(readFileSync(file, "utf8")).version === version;
};

const files = {};

function put(name, content) {
  const bytes = Buffer.from(content);
  files[name] = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  const packed = !/\.(png|woff2)$/.test(name);
  const target = join(out, packed ? `${name}.gz` : name);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, packed ? gzipSync(bytes, { level: 9 }) : bytes);
}

function copyPage() {
  const dist = join(modules, "@socket.io", "admin-ui", "ui", "dist");
  for (const folder of ["css", "img", "js"]) {
    for (const name of readdirSync(join(dist, folder)).filter((name) => !name.endsWith(".map"))) {
      let content = readFileSync(join(dist, folder, name));
      if (name.endsWith(".js")) {
        content = content.toString("utf8").replace(/\n?\/\/# sourceMappingURL=\S+\s*$/, "\n");
      }
      put(`${folder}/${name}`, content);
    }
  }
  put("favicon.png", readFileSync(join(dist, "favicon.png")));
  const page = readFileSync(join(dist, "index.html"), "utf8");
  const local = page
    .replace(/<link rel="stylesheet" href="https:\/\/fonts\.googleapis\.com[^>]*>/, '<link rel="stylesheet" href="fonts/roboto.css">')
    .replace(/<link rel="stylesheet" href="https:\/\/cdn\.jsdelivr\.net[^>]*>/, '<link rel="stylesheet" href="fonts/icons.css">')
    .replace('<div id="app"></div>', '<div id="app"></div><script src="preset.js"></script>');
  if (/https?:\/\//.test(local) || !local.includes("preset.js") || !local.includes("icons.css")) {
    throw new Error("index.html of @socket.io/admin-ui has changed: look at what it loads");
  }
  put("index.html", local);
}

function copyFonts() {
  const roboto = join(modules, "@fontsource", "roboto");
  let css = "";
  for (const weight of [100, 300, 400, 500, 700, 900]) {
    for (const subset of ["latin", "latin-ext"]) {
      const rules = readFileSync(join(roboto, `${subset}-${weight}.css`), "utf8");
      const file = `roboto-${subset}-${weight}-normal.woff2`;
      css += rules.replace(/src:[^;]*;/, `src: url(${file}) format('woff2');`);
      put(`fonts/${file}`, readFileSync(join(roboto, "files", file)));
    }
  }
  put("fonts/roboto.css", css);
  const icons = join(modules, "@mdi", "font");
  put(
    "fonts/icons.css",
    readFileSync(join(icons, "css", "materialdesignicons.min.css"), "utf8")
      .replace(/src:url\([^;]*\.eot\?v[^;]*\);src:url[^;}]*/, 'src:url("icons.woff2") format("woff2")')
      .replace(/\/\*# sourceMappingURL[^*]*\*\//, ""),
  );
  put("fonts/icons.woff2", readFileSync(join(icons, "fonts", "materialdesignicons-webfont.woff2")));
  if (/\.(eot|ttf)/.test(readFileSync(join(icons, "css", "materialdesignicons.min.css"), "utf8").replace(/src:url\([^}]*/, ""))) {
    throw new Error("the style sheet of @mdi/font has changed: look at what it loads");
  }
}

if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== stampText) {
  if (!Object.entries(wanted).every(installed)) {
    execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: here,
      stdio: "inherit",
      shell: process.platform === "win32",
    });
  }
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  copyPage();
  copyFonts();
  writeFileSync(
    join(out, "files.properties"),
    Object.entries(files)
      .map(([name, hash]) => `${name}=${hash}\n`)
      .join(""),
  );
  writeFileSync(stamp, stampText);
}
