// For runtimes with a command line.

import { runTable } from "./table.js"

// oxlint-disable-next-line no-console -- its answer
console.log(JSON.stringify(await runTable()))
