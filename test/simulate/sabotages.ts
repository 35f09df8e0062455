import type { Patch } from "./hooks.ts"

/** A way to break the code that the simulation must notice. */
export interface Sabotage {
  readonly name: string
  readonly patches: readonly Patch[]
}

const one = (name: string, file: string, find: string, replace: string): Sabotage => ({
  name,
  patches: [{ file, find, replace }],
})

/** Each must be found within 200 seeds: this is how the power of the simulation is held. */
export const SABOTAGES: readonly Sabotage[] = [
  one(
    "acknowledged before it is durable",
    "attempts/group-commit.ts",
    "await this.#storage.sync()\n        for (const settle of settles) settle()",
    "for (const settle of settles) settle()\n        await this.#storage.sync()",
  ),
  one(
    "a sync that is not waited for",
    "inbox/inbox-object.ts",
    "sync: () => storage.sync(),",
    "sync: async () => void storage.sync(),",
  ),
  one("the alarm dropped after a failed transaction", "inbox/inbox-object.ts", "      this.#alarmAt = before\n", ""),
  one(
    "done written before the handler ends",
    "attempts/attempt.ts",
    "    const outcome = await outcomeOf(workload, one)",
    `    await commits.run(() => store.putRun(sequence, { ...store.getRun(sequence, call.lane)!, status: "done", nextAt: null }))
    const outcome = await outcomeOf(workload, one)`,
  ),
  one(
    "a lease that is never looked at again",
    "attempts/run.ts",
    'status: "running", attempts: attempt, nextAt: now + leaseMs, history',
    'status: "running", attempts: attempt, nextAt: null, history',
  ),
  one(
    "pruning that ignores waiting runs",
    "inbox/prune.ts",
    "  if (runs.some(({ nextAt }) => nextAt !== null)) return\n",
    "",
  ),
  one(
    "a claim not made durable before its start",
    "attempts/dispatcher.ts",
    "          claimed.push(one)\n",
    "          queueMicrotask(() => begin(one))\n",
  ),
  one(
    "a failed run put back without a time",
    "attempts/run.ts",
    "nextAt: now + (outcome.retryAfterMs ?? delay) }",
    "nextAt: run.attempts === 3 ? null : now + (outcome.retryAfterMs ?? delay) }",
  ),
  one("the schedule off by one", "attempts/schedule.ts", "delaysSeconds[failures - 1]", "delaysSeconds[failures]"),
  one(
    "one attempt too many",
    "attempts/schedule.ts",
    "delaysSeconds[failures - 1]",
    "delaysSeconds[failures > 7 ? failures - 2 : failures - 1]",
  ),
  one(
    "slots leaked by attempts that are lost",
    "attempts/attempt.ts",
    "    slots.release(one)\n",
    '    if (outcome.kind !== "lost") slots.release(one)\n    else slots.take(one, Number.POSITIVE_INFINITY)\n',
  ),
  one(
    "slots leaked by claims that are not written",
    "attempts/dispatcher.ts",
    "      for (const { starts } of claimed) for (const one of starts) slots.release(one)\n",
    "",
  ),
  one(
    "slots of an earlier object forgotten",
    "attempts/dispatcher.ts",
    "slots.takeOver(sequence, run)",
    "void [sequence, run]",
  ),
  one(
    "more slots than a handler has",
    "attempts/slots.ts",
    "concurrency - taken.length",
    "concurrency + 1 - taken.length",
  ),
  one("paused handlers started", "attempts/claim.ts", "if (paused.has(lane) || weight", "if (weight"),
  one("erase leaves the body", "inbox/prune.ts", "  store.dropBody(sequence)\n", ""),
  one(
    "erase leaves the error texts",
    "inbox/prune.ts",
    "store.putRun(sequence, withoutErrors(run))",
    "store.putRun(sequence, run)",
  ),
  one(
    "an erased body quoted by a later error",
    "inbox/handler-lane.ts",
    "store.getEvent(sequence)?.hasBody ?? false",
    "true",
  ),
  one(
    "a group resolves a task that failed",
    "attempts/group-commit.ts",
    "return () => task.reject(error)",
    'return () => task.resolve({ kind: "accepted" } as never)',
  ),
  one(
    "the alarm overwritten by a later time",
    "inbox/inbox-object.ts",
    "if (set !== undefined && set <= at && set > Date.now() - ALARM_OVERDUE_MS) return",
    "",
  ),
  one("an alarm that was given up is trusted", "inbox/inbox-object.ts", " && set > Date.now() - ALARM_OVERDUE_MS", ""),
  one(
    "a constructor that plans no wake",
    "attempts/dispatcher.ts",
    "    planWake(now)\n  }\n\n  const planWake",
    "  }\n\n  const planWake",
  ),
  one(
    "a wake that plans no other",
    "attempts/dispatcher.ts",
    "store.setBegun(begun)\n        planWake(now)\n",
    "store.setBegun(begun)\n",
  ),
  one(
    "a careful wake joined when it has planned",
    "attempts/dispatcher.ts",
    "      waking = undefined\n      planWake(clock())\n    })\n",
    "      planWake(clock())\n    })\n    waking = undefined\n",
  ),
  one("an end that plans no wake", "attempts/attempt.ts", "      planWake(now)\n", ""),
  one(
    "an end that is tried once",
    "attempts/attempt.ts",
    "await commits.run(write).catch(() => commits.run(write))",
    "await commits.run(write).catch(() => ({ run: undefined, item: {} }))",
  ),
  one(
    "no alarm with an accepted event",
    "inbox/shard.ts",
    'if (result.kind === "accepted" && handlers.length > 0) ensureWake(now + BACKSTOP_MS)',
    "",
  ),
  one(
    "a late end overwrites the next attempt",
    "attempts/attempt.ts",
    'if (before?.status !== "running" || before.attempts !== number)',
    "if (!before)",
  ),
  one("a lease shorter than an attempt", "attempts/claim.ts", "LEASE_MS = 40_000", "LEASE_MS = 20_000"),
  one("clock set back, times kept", "attempts/dispatcher.ts", "if (now < lastNow) {", "if (now < 0) {"),
  one(
    "housekeeping and claims in one transaction",
    "attempts/dispatcher.ts",
    "for (const chore of chores) {\n      const work",
    "await commits.run(() => { for (const chore of chores) if (chore.isDue(clock())) chore.run(clock()) ; planWake(clock()) })\n    for (const chore of [] as Chore[]) {\n      const work",
  ),
  one(
    "all claims in one transaction, always",
    "attempts/dispatcher.ts",
    "(isCareful ? claimOneByOne() : claimTogether())",
    "claimTogether()",
  ),
  one("intake up to the last page", "inbox/space.ts", "INTAKE_SHARE = 0.5", "INTAKE_SHARE = 1"),
  one(
    "bodies pruned half a day early",
    "inbox/prune.ts",
    'sweep(store, "pruned_bodies", now - bodyMs',
    'sweep(store, "pruned_bodies", now - bodyMs + 43_200_000',
  ),
  one(
    "ids pruned with bodies",
    "inbox/prune.ts",
    'sweep(store, "pruned_ids", now - idMs',
    'sweep(store, "pruned_ids", now - bodyMs',
  ),
  one(
    "the dead pruned with the done",
    "inbox/prune.ts",
    "  if (lastDeath > diedBy) {",
    "  if (lastDeath > diedBy + 86_400_000 * 9) {",
  ),
  one("the dead never pruned", "inbox/prune.ts", "  sweepDead(store, now - bodyMs)\n", ""),
  one(
    "what a waiting run held up never pruned",
    "inbox/prune.ts",
    'if (event && sequence <= (store.getFact("pruned_bodies") ?? 0)) pruneEvent(store, event, 0)',
    "void event",
  ),
  one("runs begun and not written", "attempts/claim.ts", "=== 0) store.putRun(sequence, run)", "=== 0) continue"),
  one(
    "a duplicate that is a new event",
    "inbox/sql-store.ts",
    "ON CONFLICT (source, dedupe_key) DO NOTHING RETURNING 1",
    "ON CONFLICT (source, dedupe_key) DO UPDATE SET sequence = excluded.sequence RETURNING 1",
  ),
  one(
    "a duplicate found in memory only",
    "inbox/sql-store.ts",
    "ON CONFLICT (source, dedupe_key) DO NOTHING RETURNING 1",
    "ON CONFLICT (source, dedupe_key) DO UPDATE SET lanes = excluded.lanes RETURNING 1",
  ),
  one("a rerun of what is running", "inbox/operate.ts", '    if (run?.status === "running") continue\n', ""),
  one(
    "a rerun that starts nothing",
    "attempts/run.ts",
    "  before: run.attempts,\n  nextAt: dueAt,",
    "  before: run.attempts,\n  nextAt: null,",
  ),
  one(
    "a sequence that follows the clock back",
    "inbox/shard.ts",
    "nextSequence(lastSequence ?? readLastSequence(store), now",
    "nextSequence(0, now",
  ),
]
