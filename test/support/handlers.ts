import { defineHandlers } from "../../src/events/handlers.ts"

/**
 * The handlers of the Worker under test, so that a user's edit of src/handlers.ts changes no test. Each logs one line, so that
 * a test sees which of them ran.
 */
export const handlers = defineHandlers({
  "decision.completed": (event, { log }) => {
    const { id, outcome } = event.data.object
    log("decision completed", { decision: id, outcome })
  },

  "payment.*": (event, { log }) => {
    log("money moved", { payment: event.data.object["id"] })
  },
})
