// Makes src/ostiary/server/web/static of our own assets and of what npm brought: bundled, with only
// the styles that our templates use, named by content and compressed once. Run by `make install`
// and by the wheel's build hook.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, parse } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { PurgeCSS } from "purgecss";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const server = join(root, "src/ostiary/server");
const assets = join(server, "web/assets");
const target = join(server, "web/static");

const USES_STYLES = /(\/templates\/.*\.html|\/web\/.*\.py|(pages|views)(\/.*)?\.py|\/assets\/.*\.js)$/;

async function scripts() {
  const result = await build({
    entryPoints: ["app.js", "charts.js"].map((name) => join(assets, name)),
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    outdir: "/",
    write: false,
    legalComments: "none",
    nodePaths: [join(root, "node_modules")],
  });
  return result.outputFiles.map((file) => [parse(file.path).base, file.text]);
}

async function styles() {
  const bundled = await build({
    entryPoints: [join(assets, "app.css")],
    bundle: true,
    write: false,
    external: ["data:*"],
    nodePaths: [join(root, "node_modules")],
  });
  const users = readdirSync(server, { recursive: true })
    .map((name) => join(server, name))
    .filter((name) => USES_STYLES.test(name));
  const [used] = await new PurgeCSS().purge({
    content: users.map((name) => ({ raw: readFileSync(name, "utf8"), extension: "html" })),
    css: [{ raw: bundled.outputFiles[0].text }],
    safelist: { standard: [/^is-/, /^htmx-/, /^chip-/, /^tone-/], greedy: [/data-bs-theme/] },
    variables: false,
  });
  const minified = await build({
    stdin: { contents: used.css, loader: "css" },
    minify: true,
    write: false,
    legalComments: "none",
  });
  return ["app.css", minified.outputFiles[0].text];
}

function icons() {
  const names = readFileSync(join(assets, "icons.txt"), "utf8").split("\n").filter(Boolean);
  const symbols = names.map((name) => {
    const file = join(root, "node_modules/@tabler/icons/icons/outline", `${name}.svg`);
    const svg = readFileSync(file, "utf8");
    const drawn = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
    return `<symbol id="${name}" viewBox="0 0 24 24">${drawn.replace(/\s+/g, " ").trim()}</symbol>`;
  });
  return ["icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`];
}

function keep([name, text]) {
  const content = Buffer.from(text);
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
  const { name: stem, ext } = parse(name);
  const named = `${stem}-${hash}${ext}`;
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  writeFileSync(join(target, named), content);
  writeFileSync(join(target, `${named}.br`), brotliCompressSync(content, quality));
  writeFileSync(join(target, `${named}.gz`), gzipSync(content, { level: 9 }));
  return [name, named];
}

const mark = ["icon.svg", readFileSync(join(assets, "icon.svg"), "utf8")];
const made = [...(await scripts()), await styles(), icons(), mark];
mkdirSync(target, { recursive: true });
const manifest = Object.fromEntries(made.map(keep));
writeFileSync(join(target, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);
const current = ["manifest.json", ...Object.values(manifest)];
readdirSync(target)
  .filter((name) => !current.includes(name.replace(/\.(br|gz)$/, "")))
  .forEach((name) => rmSync(join(target, name)));
