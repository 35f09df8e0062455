import { Stripe } from "stripe"
import { SECRET } from "../fixture-secret.ts"
import { createRouteApp } from "./peer-app.ts"

export default createRouteApp(async (request) =>
  Stripe.webhooks.constructEventAsync(await request.text(), request.header("stripe-signature")!, SECRET),
)
