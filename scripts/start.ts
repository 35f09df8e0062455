// npm start: the receiver on this desk, with nothing to edit first.

import { ensureDevVars } from "./dev-vars.ts"
import { runWrangler } from "./wrangler.ts"

const made = ensureDevVars()
  ? "Made .dev.vars with a fresh random secret for this desk (git ignores it, only you can read it)."
  : "Using the secrets of .dev.vars."

console.log(`
${made}

The receiver will be at http://localhost:8787/webhooks/credicorp. In another terminal:

  npm run send -- decision.completed     sign a sample event and send it
  npm run send -- --help                 all types, and the ways to break one
  curl http://localhost:8787/healthz     is it ready?

What your handlers do stands in src/handlers.ts; the receiver restarts when you save it. Ctrl-C ends it.
`)

runWrangler(["dev", ...process.argv.slice(2)])
