// Unpacks Chromium and prints where it is. The last argument: where the packages are.
import { createRequire } from "node:module";

const require = createRequire(process.argv.at(-1));
const chromium = require("@sparticuz/chromium");
console.log(JSON.stringify({ path: await (chromium.default ?? chromium).executablePath() }));
