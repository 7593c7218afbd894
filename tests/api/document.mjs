// Checks the OpenAPI document against the OpenAPI 3.1 schema: node document.mjs FILE
import { readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";

const validator = new Validator();
const result = await validator.validate(JSON.parse(readFileSync(process.argv[2], "utf8")));
if (!result.valid) {
  console.error(JSON.stringify(result.errors, null, 1).slice(0, 4000));
  process.exit(1);
}
console.log(`OpenAPI ${validator.version}: the document is valid`);
