// Compresses what is served as it is made, once: FILE.br and FILE.gz beside every FILE that text
// compression helps. Says the weights that web/budget.mjs holds to.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const folder = join(process.argv[2], "assets");
for (const name of readdirSync(folder)) {
  if (!/\.(js|css|svg)$/.test(name)) continue;
  const whole = readFileSync(join(folder, name));
  writeFileSync(join(folder, `${name}.gz`), gzipSync(whole, { level: 9 }));
  writeFileSync(join(folder, `${name}.br`), brotliCompressSync(whole, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: whole.length },
  }));
}
