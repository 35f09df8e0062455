import type { ApiKey } from "../../src/endpoints/auth/api-keys.ts"

/** Keys for tests only, by purpose. */
export const KEYS = {
  a: "sk_test_of-the-tests-a-0000000000000000000000000000",
  aLive: "sk_live_of-the-tests-aLive-000000000000000000000000",
  aReads: "sk_test_of-the-tests-aReads-00000000000000000000000",
  aWrites: "sk_test_of-the-tests-aWrites-0000000000000000000000",
  aElsewhere: "sk_test_of-the-tests-aElsewhere-0000000000000000000",
  b: "sk_test_of-the-tests-b-0000000000000000000000000000",
  bLive: "sk_live_of-the-tests-bLive-000000000000000000000000",
  limit: "sk_test_of-the-tests-limit-000000000000000000000000",
  once: "sk_test_of-the-tests-once-0000000000000000000000000",
} as const

/** As an operator configures them. The hashes were made outside this project, so they do not depend on the code under test. */
export const API_KEYS: readonly ApiKey[] = [
  {
    id: "key_a",
    account: "acct_a",
    livemode: false,
    sha256: "f5e7ef0bdbd051092282988e1281e6a2ffcab6364455edaa802f5365a8e12e59",
    scopes: ["webhooks:read", "webhooks:write"],
  },
  {
    id: "key_aLive",
    account: "acct_a",
    livemode: true,
    sha256: "92e8d400c83ce25461c9a743d9698014d5d19977dec780de2ffaa076f507aaee",
    scopes: ["webhooks:read", "webhooks:write"],
  },
  {
    id: "key_aReads",
    account: "acct_a",
    livemode: false,
    sha256: "fb7748eba98bc9123397ce5dd5833a6cf87674345ed8a14373db9bb8562a21ae",
    scopes: ["webhooks:read"],
  },
  {
    id: "key_aWrites",
    account: "acct_a",
    livemode: false,
    sha256: "f7720a4f0e8dda710a19cd75113d73e26e3730f93be7b68254081edf16f2ec3c",
    scopes: ["webhooks:write"],
  },
  {
    id: "key_aElsewhere",
    account: "acct_a",
    livemode: false,
    sha256: "f4b1a46b7b6be5364d12cfcdbf12b9f1ea886c810819eefc565aafbd31d9d9a4",
    scopes: ["payments:read"],
  },
  {
    id: "key_b",
    account: "acct_b",
    livemode: false,
    sha256: "6285554a27f94d37dc2d4f5eb8e1fb27dc3b4b660b1acebee5670ebef09ed71e",
    scopes: ["webhooks:read", "webhooks:write"],
  },
  {
    id: "key_bLive",
    account: "acct_b",
    livemode: true,
    sha256: "6ceca68412aacafe6abc5190714091dc222ce6e3ab0e183f4f181e1c0f48c6a8",
    scopes: ["webhooks:read", "webhooks:write"],
  },
  {
    id: "key_limit",
    account: "acct_limit",
    livemode: false,
    sha256: "5d2373bdcbe5c613572f90667d7a71e6c366accf10488140ad449e66b3bf3daa",
    scopes: ["webhooks:read", "webhooks:write"],
  },
  {
    id: "key_once",
    account: "acct_once",
    livemode: false,
    sha256: "fbce4d0528b3f6438ee6b780957ece26fcb8dff21678a9c2d5f89a4d91f6562e",
    scopes: ["webhooks:read", "webhooks:write"],
  },
]
