// For workerd.

import { runTable } from "./table.js"

// oxlint-disable-next-line import/no-default-export -- what workerd looks for
export default { fetch: async () => Response.json(await runTable()) }
