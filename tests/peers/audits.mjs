// Runs the GraphQL over HTTP audits of `graphql-http` against a service and prints their results as JSON.
import { createRequire } from 'node:module'
const [url, key, modules] = process.argv.slice(2)
const { serverAudits } = createRequire(modules)('graphql-http')
const fetchFn = (input, init = {}) => fetch(input, { ...init, headers: { ...init.headers, 'x-api-key': key } })
const results = []
for (const audit of serverAudits({ url, fetchFn })) {
  const { status, reason } = await audit.fn()
  results.push({ id: audit.id, name: audit.name, status, reason: reason ?? null })
}
console.log(JSON.stringify(results))
