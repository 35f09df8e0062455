import * as v from "valibot"
import type { KeptAction } from "../../src/endpoints/account.ts"
import { ActionsQuery, NewAction } from "../../src/endpoints/fields.ts"
import { OPERATOR_PATH } from "../../src/endpoints/operations.ts"
import type { ErrorCode } from "../../src/errors/catalogue.ts"
import type { DescribedOperation, NamedSchema, Parameter } from "./operation.ts"
import { Endpoint, PAGE_NOTES } from "./partner.ts"

const Action: NamedSchema = {
  name: "Action",
  schema: v.object({
    action: v.picklist(["suspend", "resume", "revoke", "restore"]),
    credential_id: v.nullable(v.string()),
    note: v.string(),
    created: v.pipe(v.string(), v.isoTimestamp()),
  }) satisfies v.GenericSchema<unknown, KeptAction>,
}

const ACCOUNT: Parameter = {
  name: "account",
  in: "path",
  required: true,
  description: "An account, used before or not: 1 to 64 of `A-Z a-z 0-9 _ -`.",
  schema: { type: "string" },
}

const EVERY: readonly ErrorCode[] = [
  "route_not_found",
  "method_not_allowed",
  "missing_api_key",
  "invalid_api_key",
  "resource_not_found",
  "unknown_field",
  "temporarily_unavailable",
]

const ACTIONS = {
  path: `${OPERATOR_PATH}/{account}/actions`,
  tag: "accounts",
  allow: "GET, HEAD, POST",
  bearer: { scheme: "operator" },
  parameters: [ACCOUNT],
} as const

/** What an operator does about accounts. */
export const OPERATOR: readonly DescribedOperation[] = [
  {
    ...ACTIONS,
    id: "actOnAccount",
    method: "post",
    summary: "Suspend or resume an account, revoke or restore a credential",
    description: "Effect on the account's next request. The action and its effect are one transaction.",
    body: {
      name: "NewAction",
      schema: NewAction,
      required: true,
      notes: {
        note: { description: "Why, in one line." },
        credential_id: { description: "The id of an API key, or the `jti` of a token." },
      },
    },
    answers: [{ status: 201, description: "The action as it is kept.", body: Action }],
    errors: [
      ...EVERY,
      "missing_content_type",
      "unsupported_media_type",
      "request_body_too_large",
      "invalid_json",
      "unknown_field",
      "invalid_value_type",
    ],
  },
  {
    ...ACTIONS,
    id: "listActions",
    method: "get",
    summary: "What was done about an account, the newest first",
    query: { schema: ActionsQuery, notes: PAGE_NOTES },
    answers: [
      {
        status: 200,
        description: "A page.",
        body: {
          name: "ActionPage",
          schema: v.object({ data: v.array(Action.schema), next_cursor: v.nullable(v.string()) }),
        },
      },
    ],
    errors: [...EVERY, "invalid_value_type"],
  },
  {
    path: `${OPERATOR_PATH}/{account}/endpoints`,
    tag: "accounts",
    allow: "GET, HEAD",
    bearer: { scheme: "operator" },
    parameters: [ACCOUNT],
    id: "listAccountEndpoints",
    method: "get",
    summary: "The endpoints of an account in both modes, the newest first, without secrets",
    answers: [
      {
        status: 200,
        description: "All of them, at most 40.",
        body: { name: "AccountEndpoints", schema: v.object({ data: v.array(Endpoint.schema) }) },
      },
    ],
    errors: EVERY,
  },
]
