// npm start: the Worker on this desk, with nothing to edit first.

import { ensureDevVars, readDevVars } from "./dev-vars.ts"
import { runWrangler } from "./wrangler.ts"

const added = ensureDevVars()
const { PARTNER_API_KEY: key = "<key>" } = readDevVars()

console.log(`
${
  added.length > 0
    ? `Made in .dev.vars, random and for this desk only (git ignores it, only you can read it):\n  ${added.join(", ")}`
    : "Using the secrets of .dev.vars."
}

The receiver will be at http://localhost:8787/webhooks/credicorp. In another terminal:

  npm run send -- decision.completed     sign a sample event and send it
  npm run send -- --help                 all types, and the ways to break one
  curl http://localhost:8787/healthz     is it ready?

The inbox, where events are between acknowledgement and handler:

  npm run inbox -- list                  what came, and what became of it
  npm run inbox -- tail                  the same as it happens
  npm run inbox -- --help                show, rerun, pause, resume, erase, stats

The registry of endpoints, as the account acct_demo:

  npm run endpoints -- --help            create, list, show, update, rotate, delete
  curl http://localhost:8787/partner/v1/webhook_endpoints -H 'Authorization: Bearer ${key}' \\
    --json '{"url":"https://example.com/hooks","enabled_events":["payment.*"]}'

What was done about an account, and doing it:

  npm run operator -- --help             suspend, resume, revoke, restore, and lists

What your handlers do stands in src/handlers.ts; the Worker restarts when you save it. Ctrl-C ends it.
`)

runWrangler(["dev", ...process.argv.slice(2)])
