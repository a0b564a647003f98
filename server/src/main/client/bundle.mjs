// Copies the browser client of the npm package into the classes of this module, with compressed forms beside each file.
// Does nothing when that was done before for the same version.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
const wanted = JSON.parse(readFileSync(join(here, "package.json"), "utf8")).dependencies["socket.io-client"];
const stamp = join(out, "version.properties");
const stampText = `version=${wanted}\n`;

if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== stampText) {
  const installed = join(here, "node_modules", "socket.io-client", "package.json");
  if (!existsSync(installed) || JSON.parse(readFileSync(installed, "utf8")).version !== wanted) {
    execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: here,
      stdio: "inherit",
      shell: process.platform === "win32",
    });
  }
  mkdirSync(out, { recursive: true });
  for (const name of ["socket.io", "socket.io.min", "socket.io.esm.min", "socket.io.msgpack.min"]) {
    for (const file of [`${name}.js`, `${name}.js.map`]) {
      const content = readFileSync(join(here, "node_modules", "socket.io-client", "dist", file));
      writeFileSync(join(out, file), content);
      writeFileSync(join(out, `${file}.gz`), gzipSync(content, { level: 9 }));
      writeFileSync(
        join(out, `${file}.br`),
        brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
      );
    }
  }
  writeFileSync(stamp, stampText);
}
