// Puts script and style into one page: node build.mjs OUTPUT
import { build } from 'esbuild';
import { readFileSync, writeFileSync } from 'node:fs';

const bundle = async (entry) => {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2020',
    charset: 'ascii',
    legalComments: 'none',
  });
  return result.outputFiles[0].text;
};

const script = await bundle('src/main.js');
const style = await bundle('src/style.css');
if (/<\/(script|style)/i.test(script + style)) throw new Error('the bundle would end its own element');
// Functions, because a replacement text has $ signs of its own.
const page = readFileSync('src/page.html', 'utf8')
  .replace('/*STYLE*/', () => style)
  .replace('/*SCRIPT*/', () => script);
writeFileSync(process.argv[2], page);
