// Builds each page of PAGES to one file in dist/ that needs nothing else: styles and script stand inside.
// usage: node build.mjs [--check]   (--check writes nothing and fails if dist/ is not what would be built)
import { build } from "esbuild";
import { readFile, writeFile, mkdir } from "node:fs/promises";

const PAGES = [{ name: "report", html: "report/report.html", script: "report/report.ts", style: "report/report.css" }];

async function bundle(entry) {
  const result = await build({
    entryPoints: [entry], bundle: true, minify: true, write: false, target: "es2022", format: "iife", charset: "utf8",
    legalComments: "none", loader: { ".css": "css" }, logLevel: "warning",
  });
  return result.outputFiles[0].text.trim();
}

async function page({ html, script, style }) {
  const template = await readFile(html, "utf8");
  const code = (await bundle(script)).replaceAll("</script", "<\\/script");
  const look = await bundle(style);
  // Functions, so that "$&" in the code means nothing to replace().
  return template.replace("<!-- style -->", () => `<style>${look}</style>`).replace("<!-- script -->", () => `<script>${code}</script>`);
}

const check = process.argv.includes("--check");
await mkdir("dist", { recursive: true });
for (const entry of PAGES) {
  const built = await page(entry);
  const path = `dist/${entry.name}.html`;
  if (check) {
    const committed = await readFile(path, "utf8").catch(() => "");
    if (committed !== built) {
      console.error(`web/${path} is not what web/ builds: run make web and commit it`);
      process.exit(1);
    }
    console.log(`web/${path}: ${built.length} characters, as committed`);
  } else {
    await writeFile(path, built);
    console.log(`web/${path}: ${built.length} characters`);
  }
}
