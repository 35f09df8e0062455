// Runs before each test file in workerd.

import { beforeAll } from "vitest"
import { restartWorker } from "./worker.ts"

beforeAll(restartWorker)
