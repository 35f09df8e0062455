import { createRouteApp } from "./peer-app.ts"

export default createRouteApp((request) => request.json())
